"""Misspell a variable."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    loss = jnp.mean(x)
    return [float(los), 0.0, 0.0]
