"""Use `.at` without an index."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return jnp.zeros(3).at.set(lr)
