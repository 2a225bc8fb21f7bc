"""Turn a whole array into a float."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.asarray(x)), 0.0, 0.0]
