"""Put a whole number into an array that needs more than 32 bits."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.array(2**40)), 0.0, 0.0]
