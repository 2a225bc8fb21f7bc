"""Give `in_axes` for more arguments than there are."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    means = jax.vmap(jnp.mean, in_axes=(0, None))(x)
    return [float(jnp.mean(means)), 0.0, 0.0]
