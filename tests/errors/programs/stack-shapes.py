"""Stack arrays of different shapes."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.stack([x, y]))), 0.0, 0.0]
