"""Look for an activation in `jax.numpy`."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.relu(x))), 0.0, 0.0]
