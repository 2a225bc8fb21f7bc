"""Slice by a traced number."""

import jax
import jax.numpy as jnp


@jax.jit
def head(x, count):
    return x[:count]


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(head(x, 2))), 0.0, 0.0]
