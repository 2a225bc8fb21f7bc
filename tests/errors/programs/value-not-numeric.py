"""Make an array of texts."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return jnp.array(["loss", "after", "before"])
