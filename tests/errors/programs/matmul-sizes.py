"""Multiply a matrix by itself with `@`."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    product = jnp.asarray(x) @ jnp.asarray(x)
    return [float(jnp.mean(product)), 0.0, 0.0]
