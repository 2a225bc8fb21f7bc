"""Name an attribute of a function that stands for its result."""

import jax.numpy as jnp


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def freeze_first_dense(seed, x, y, lr):
    return [float(mse.mean()), 0.0, 0.0]
