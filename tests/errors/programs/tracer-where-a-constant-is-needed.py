"""Count up to a traced number with `jnp.arange`."""

import jax
import jax.numpy as jnp


@jax.jit
def count_up(n):
    return jnp.arange(n)


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(count_up(3))), 0.0, 0.0]
