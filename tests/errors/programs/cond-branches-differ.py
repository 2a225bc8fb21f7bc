"""Return arrays of different shapes from the branches of `cond`."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    rows = jax.lax.cond(lr > 0, lambda x: x, lambda x: x[0], x)
    return [float(jnp.mean(rows)), 0.0, 0.0]
