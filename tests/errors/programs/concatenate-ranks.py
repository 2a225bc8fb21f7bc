"""Build the result of two numbers and an array."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return jnp.array([jnp.mean(x), jnp.mean(y), jnp.mean(x, axis=0)])
