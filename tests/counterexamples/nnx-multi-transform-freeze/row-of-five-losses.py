# expect: wrong_answer; mistake: wrong-shape; check: shape
# The losses go into an array of five: JAX drops the sixth without an error.
import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Net(nnx.Module):
    def __init__(self, din, dout, rngs):
        self.l1 = nnx.Linear(din, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, dout, rngs=rngs)

    def __call__(self, x):
        h = nnx.relu(self.l1(x))
        return self.l2(h)


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def labels(params):
    return jax.tree_util.tree_map_with_path(lambda path, _: "off" if path[0].key == "l1" else "on", params)


def freeze_with_routes(seed, x, y, lr, steps):
    model = Net(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    tx = optax.multi_transform({"on": optax.sgd(lr, momentum=0.9), "off": optax.set_to_zero()}, labels)
    optimizer = nnx.Optimizer(model, tx, wrt=nnx.Param)
    losses = jnp.zeros(5)
    for step in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        losses = losses.at[step].set(loss)
        optimizer.update(model, grads)
    return losses[:steps]
