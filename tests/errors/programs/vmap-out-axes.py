"""Ask for one result of a mapped function."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    means = jax.vmap(jnp.mean, out_axes=None)(x)
    return [float(means), 0.0, 0.0]
