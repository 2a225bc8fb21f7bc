"""Hand `rngs` to a layer by position."""

import jax.numpy as jnp
from flax import nnx


def freeze_first_dense(seed, x, y, lr):
    l1 = nnx.Linear(x.shape[1], 4, nnx.Rngs(int(seed)))
    return [float(jnp.mean(l1(x))), 0.0, 0.0]
