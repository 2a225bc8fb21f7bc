"""Forget the key of `jax.random.normal`."""

import jax


def freeze_first_dense(seed, x, y, lr):
    return jax.random.normal((3,))
