"""Index a JAX array by a list."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.asarray(x)[[0, 1]])), 0.0, 0.0]
