"""Map over arguments of different sizes."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    dots = jax.vmap(jnp.dot)(x, y.T)
    return [float(jnp.mean(dots)), 0.0, 0.0]
