"""Store an array in an attribute that was None at first."""

import jax.numpy as jnp
from flax import nnx


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


class Scaled(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.l1 = nnx.Linear(inputs, outputs, rngs=rngs)
        self.scale = None

    def __call__(self, x):
        self.scale = jnp.std(x, axis=0)
        return self.l1(x / self.scale)


def freeze_first_dense(seed, x, y, lr):
    model = Scaled(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    return [float(mse(model, x, y)), 0.0, 0.0]
