"""Return only the carry from the body of a scan."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    total, _ = jax.lax.scan(lambda total, row: total + jnp.sum(row), 0.0, x)
    return [float(total), 0.0, 0.0]
