"""Give the sizes of an array one by one."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.zeros(x.shape[1], 4))), 0.0, 0.0]
