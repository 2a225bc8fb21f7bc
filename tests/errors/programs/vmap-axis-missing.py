"""Map over a single number."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    scaled = jax.vmap(lambda row, lr: row * lr)(x, lr)
    return [float(jnp.mean(scaled)), 0.0, 0.0]
