"""Hand a whole array of keys to `jax.random.normal`."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    keys = jax.random.split(jax.random.key(int(seed)), 2)
    return [float(jnp.mean(jax.random.normal(keys, (3,)))), 0.0, 0.0]
