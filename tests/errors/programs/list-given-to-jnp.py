"""Hand a list to a function of `jnp`."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.sum([1.0, 2.0])), 0.0, 0.0]
