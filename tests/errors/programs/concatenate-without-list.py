"""Join two arrays that are not in a list."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.concatenate(jnp.asarray(x), jnp.asarray(y)))), 0.0, 0.0]
