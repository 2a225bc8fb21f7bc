"""Call a function of `jnp` with an argument of PyTorch's name."""

import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(jnp.mean(x, dim=0))), 0.0, 0.0]
