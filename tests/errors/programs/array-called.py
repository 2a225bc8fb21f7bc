"""Call a loss that is already computed."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    loss = jnp.mean(x**2)
    return [float(loss(x)), 0.0, 0.0]
