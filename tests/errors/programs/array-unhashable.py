"""Look up a dictionary by an array."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    names = {0: 1.0, 1: 2.0, 2: 3.0}
    return [names[jnp.argmax(x[0])], 0.0, 0.0]
