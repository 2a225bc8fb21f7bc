"""Forget to return anything from a training step."""

import jax.numpy as jnp


def train_step(x):
    loss = jnp.mean(x**2)


def freeze_first_dense(seed, x, y, lr):
    loss, grads = train_step(x)
    return [float(loss), 0.0, 0.0]
