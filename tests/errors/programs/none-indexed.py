"""Index the result of a function without `return`."""

import jax.numpy as jnp


def train_step(x):
    loss = jnp.mean(x**2)


def freeze_first_dense(seed, x, y, lr):
    return [float(train_step(x)[0]), 0.0, 0.0]
