"""Make an array of rows of different lengths."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.array([[1.0, 2.0], [3.0]]))), 0.0, 0.0]
