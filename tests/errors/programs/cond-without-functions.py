"""Hand values to `cond` in the place of functions."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    rows = jax.lax.cond(lr > 0, x, -x)
    return [float(jnp.mean(rows)), 0.0, 0.0]
