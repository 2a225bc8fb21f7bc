"""Multiply a Python list by an array."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [1.0, 2.0, 3.0] * jnp.ones(3)
