"""Hand an array of zeros to `jax.random` as a key."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return jax.random.normal(jnp.zeros(2), (3,))
