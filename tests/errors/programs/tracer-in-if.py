"""Choose by a traced value with a Python `if`."""

import jax
import jax.numpy as jnp


@jax.jit
def scale(x):
    if jnp.mean(x) > 0:
        return x
    return -x


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(scale(x))), 0.0, 0.0]
