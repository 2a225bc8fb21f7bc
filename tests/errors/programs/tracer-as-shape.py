"""Make an array of a traced size."""

import jax
import jax.numpy as jnp


@jax.jit
def pad(x, count):
    return jnp.sum(x) + jnp.zeros((count,))


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(pad(x, 2))), 0.0, 0.0]
