"""Index a matrix with three numbers."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.asarray(x)[0, 0, 0]), 0.0, 0.0]
