"""Forget to return the layer from the function that builds it."""

import jax.numpy as jnp
from flax import nnx


def build(inputs):
    layer = nnx.Linear(inputs, 4, rngs=nnx.Rngs(0))


def freeze_first_dense(seed, x, y, lr):
    layer = build(x.shape[1])
    return [float(jnp.linalg.norm(layer.kernel)), 0.0, 0.0]
