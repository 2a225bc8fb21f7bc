"""Concatenate arrays whose other sizes differ."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.concatenate([x, y]))), 0.0, 0.0]
