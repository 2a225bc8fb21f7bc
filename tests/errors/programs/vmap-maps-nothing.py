"""Map over no argument."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    means = jax.vmap(jnp.mean, in_axes=None)(x)
    return [float(jnp.mean(means)), 0.0, 0.0]
