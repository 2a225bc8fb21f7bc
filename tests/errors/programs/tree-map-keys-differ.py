"""Map over two trees of different shapes."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    params = {"l1": jnp.ones((x.shape[1], 4)), "l2": jnp.ones((4, y.shape[1]))}
    params = jax.tree.map(lambda p, g: p - lr * g, params, {"l2": params["l2"]})
    return [0.0, 0.0, 0.0]
