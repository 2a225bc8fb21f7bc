"""Misspell a dtype."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.zeros(3, dtype="flaot32"))), 0.0, 0.0]
