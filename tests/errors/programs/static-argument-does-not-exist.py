"""Name a static argument that the function does not have."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    double = jax.jit(lambda x: x * 2, static_argnames="training")
    return [float(jnp.mean(double(x))), 0.0, 0.0]
