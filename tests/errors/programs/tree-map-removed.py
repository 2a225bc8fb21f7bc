"""Call `jax.tree_map`, which newer versions do not have."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jax.tree_map(jnp.sin, x))), 0.0, 0.0]
