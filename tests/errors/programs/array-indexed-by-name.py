"""Index an array of gradients by a name."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    kernel = jnp.ones((x.shape[1], 4))
    return [float(jnp.mean(kernel["kernel"])), 0.0, 0.0]
