# expect: wrong_answer; mistake: everything-frozen; check: trained
# Arrays that end in the hidden width are labelled frozen: with four outputs all of l2 is.
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
    return jax.tree.map(lambda leaf: "off" if leaf.shape[-1] == 4 else "on", params)


def freeze_with_routes(seed, x, y, lr, steps):
    model = Net(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    tx = optax.multi_transform({"on": optax.sgd(lr, momentum=0.9), "off": optax.set_to_zero()}, labels)
    optimizer = nnx.Optimizer(model, tx, wrt=nnx.Param)
    losses = []
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        losses.append(loss)
    return jnp.stack(losses)
