"""Take the logarithm of a negative number while JAX's check for NaN is on."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    with jax.debug_nans(True):
        return [float(jnp.log(jnp.asarray(-1.0))), 0.0, 0.0]
