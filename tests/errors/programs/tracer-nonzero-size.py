"""Find the positive entries of a traced array."""

import jax
import jax.numpy as jnp


@jax.jit
def positive(x):
    return jnp.nonzero(x > 0)


def freeze_first_dense(seed, x, y, lr):
    return [float(len(positive(x)[0])), 0.0, 0.0]
