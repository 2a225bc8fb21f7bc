"""Use a whole array as a condition."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    before, after = jnp.ones(3), jnp.ones(3)
    if before == after:
        return [0.0, 1.0, 1.0]
    return [0.0, 0.0, 0.0]
