"""Stretch an array to other sizes."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.broadcast_to(jnp.asarray(x), y.shape))), 0.0, 0.0]
