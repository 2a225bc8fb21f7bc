"""Make an array whose size comes out of a division."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.zeros((x.shape[1] / 3, 4)))), 0.0, 0.0]
