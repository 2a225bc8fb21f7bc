"""Add arrays of different dtypes with `lax`."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jax.lax.add(jnp.ones(3), jnp.ones(3, jnp.int32)))), 0.0, 0.0]
