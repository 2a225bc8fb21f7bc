"""Write the name of a layer in lower case."""

import jax.numpy as jnp
from flax import nnx


def freeze_first_dense(seed, x, y, lr):
    l1 = nnx.linear(x.shape[1], 4, rngs=nnx.Rngs(int(seed)))
    return [float(jnp.mean(l1(x))), 0.0, 0.0]
