"""Name the forward pass of a module `forward`."""

import jax.numpy as jnp
from flax import nnx


class Net(nnx.Module):
    def __init__(self, inputs, *, rngs):
        self.l1 = nnx.Linear(inputs, 4, rngs=rngs)

    def forward(self, x):
        return self.l1(x)


def freeze_first_dense(seed, x, y, lr):
    model = Net(x.shape[1], rngs=nnx.Rngs(int(seed)))
    return [float(jnp.mean(model(x))), 0.0, 0.0]
