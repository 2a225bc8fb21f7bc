"""Scan over arrays of different lengths."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    total, _ = jax.lax.scan(lambda total, rows: (total + jnp.sum(rows[0]), None), 0.0, (x, x[1:]))
    return [float(total), 0.0, 0.0]
