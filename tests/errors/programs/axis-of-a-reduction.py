"""Take the mean along an axis that an array does not have."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.mean(x, axis=2))), 0.0, 0.0]
