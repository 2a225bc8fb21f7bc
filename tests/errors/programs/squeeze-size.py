"""Squeeze an axis that has more than one entry."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.squeeze(x, axis=1))), 0.0, 0.0]
