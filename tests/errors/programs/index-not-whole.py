"""Index an array by a float."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.asarray(x)[x.shape[0] / 2, 0]), 0.0, 0.0]
