"""Loop up to a traced number with `range`."""

import jax
import jax.numpy as jnp


@jax.jit
def grow(x, n):
    for _ in range(n):
        x = x * 2
    return x


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(grow(x, 3))), 0.0, 0.0]
