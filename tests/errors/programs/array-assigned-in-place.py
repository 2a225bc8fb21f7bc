"""Assign to an entry of a JAX array."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    kernel = jnp.ones((x.shape[1], 4))
    kernel[0] = 0.0
    return [float(jnp.mean(kernel)), 0.0, 0.0]
