"""Give `einsum` a letter too many for an array."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.einsum("ijk,il->jl", jnp.asarray(x), jnp.asarray(y)))), 0.0, 0.0]
