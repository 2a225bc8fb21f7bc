"""Call a module."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jax.random(3))), 0.0, 0.0]
