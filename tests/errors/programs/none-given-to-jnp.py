"""Hand the result of a function without `return` to `jnp`."""

import jax.numpy as jnp


def mean_square(x):
    loss = jnp.mean(x**2)


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.sqrt(mean_square(x))), 0.0, 0.0]
