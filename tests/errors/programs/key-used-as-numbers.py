"""Take the mean of a random key."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jax.random.key(int(seed)))), 0.0, 0.0]
