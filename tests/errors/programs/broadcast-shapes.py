"""Subtract arrays whose shapes do not fit."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.asarray(x) - jnp.asarray(y))), 0.0, 0.0]
