"""Map over lists of different lengths."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    params = [jnp.ones((x.shape[1], 4)), jnp.ones((4, y.shape[1]))]
    params = jax.tree.map(lambda p, g: p - lr * g, params, params[1:])
    return [0.0, 0.0, 0.0]
