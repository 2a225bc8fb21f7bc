"""Hand a random key to a layer in the place of an `nnx.Rngs`."""

import jax
import jax.numpy as jnp
from flax import nnx


def freeze_first_dense(seed, x, y, lr):
    l1 = nnx.Linear(x.shape[1], 4, rngs=jax.random.key(int(seed)))
    return [float(jnp.mean(l1(x))), 0.0, 0.0]
