"""Concatenate single numbers."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return jnp.concatenate([jnp.mean(x), jnp.mean(y), jnp.asarray(lr)])
