"""Differentiate with respect to ints."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    slope = jax.grad(lambda w: jnp.mean((x * w) ** 2))(2)
    return [float(slope), 0.0, 0.0]
