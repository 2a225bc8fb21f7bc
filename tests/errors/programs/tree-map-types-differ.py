"""Map over a tree of a list and one of a tuple."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    params = [jnp.ones((x.shape[1], 4)), jnp.ones((4, y.shape[1]))]
    params = jax.tree.map(lambda p, g: p - lr * g, params, tuple(params))
    return [0.0, 0.0, 0.0]
