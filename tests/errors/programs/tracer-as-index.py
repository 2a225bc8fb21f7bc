"""Index a list by a traced number."""

import jax
import jax.numpy as jnp


@jax.jit
def pick(index, x):
    return [x, -x][index]


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(pick(1, x))), 0.0, 0.0]
