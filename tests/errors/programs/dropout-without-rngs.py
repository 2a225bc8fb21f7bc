"""Call a dropout layer that has no random numbers."""

import jax.numpy as jnp
from flax import nnx


def freeze_first_dense(seed, x, y, lr):
    dropout = nnx.Dropout(0.5)
    return [float(jnp.mean(dropout(jnp.asarray(x)))), 0.0, 0.0]
