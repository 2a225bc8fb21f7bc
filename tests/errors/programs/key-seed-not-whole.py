"""Make a key of a float."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jax.random.normal(jax.random.key(float(seed)), (3,)))), 0.0, 0.0]
