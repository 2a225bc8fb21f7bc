"""Select rows by a traced mask."""

import jax
import jax.numpy as jnp


@jax.jit
def positive_mean(x):
    return jnp.mean(x[x > 0])


def freeze_first_dense(seed, x, y, lr):
    return [float(positive_mean(x)), 0.0, 0.0]
