"""Scale a matrix by a number with `@`."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.asarray(x) @ jnp.asarray(lr))), 0.0, 0.0]
