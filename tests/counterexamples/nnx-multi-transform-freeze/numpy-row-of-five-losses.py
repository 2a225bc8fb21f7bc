# expect: runtime_error
# The losses go into a NumPy array of five: the sixth is out of bounds.
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, rngs):
        self.l1 = nnx.Linear(inputs, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def labels(params):
    return jax.tree_util.tree_map_with_path(lambda path, _: "off" if path[0].key == "l1" else "on", params)


def freeze_with_routes(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    tx = optax.multi_transform({"on": optax.sgd(lr, momentum=0.9), "off": optax.set_to_zero()}, labels)
    optimizer = nnx.Optimizer(model, tx, wrt=nnx.Param)
    losses = np.empty(5)
    for step in range(steps):
        losses[step], grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
    return losses[:steps]
