"""Hand a list to a compiled function as a static argument."""

from functools import partial

import jax
import jax.numpy as jnp


@partial(jax.jit, static_argnums=1)
def scale(x, sizes):
    return x * sizes[0]


def freeze_first_dense(seed, x, y, lr):
    return [float(jnp.mean(scale(x, [4, 2]))), 0.0, 0.0]
