"""Forget to return the model from the function that builds it."""

import jax.numpy as jnp
from flax import nnx


def build(inputs):
    model = nnx.Linear(inputs, 4, rngs=nnx.Rngs(0))


def freeze_first_dense(seed, x, y, lr):
    model = build(x.shape[1])
    return [float(jnp.mean(model(x))), 0.0, 0.0]
