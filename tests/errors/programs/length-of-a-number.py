"""Take the length of a single number."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(len(jnp.mean(x))), 0.0, 0.0]
