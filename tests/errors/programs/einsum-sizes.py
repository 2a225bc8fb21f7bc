"""Give `einsum` one letter for two sizes."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.einsum("ij,jk->ik", jnp.asarray(x), jnp.asarray(y)))), 0.0, 0.0]
