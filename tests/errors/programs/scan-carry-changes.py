"""Carry the row itself through a scan that starts from a number."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    total, _ = jax.lax.scan(lambda total, row: (total + row, None), jnp.zeros(()), x)
    return [float(jnp.mean(total)), 0.0, 0.0]
