"""Read `.key` of a path's key that is a position."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    layers = [{"kernel": jnp.ones((x.shape[1], 4))}, {"kernel": jnp.ones((4, y.shape[1]))}]
    layers = jax.tree_util.tree_map_with_path(lambda path, leaf: leaf * 0 if path[0].key == 0 else leaf, layers)
    return [0.0, 0.0, 0.0]
