"""Return text from a function under `jax.jit`."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    step = jax.jit(lambda x: {"loss": jnp.mean(x), "mode": "train"})
    return [float(step(x)["loss"]), 0.0, 0.0]
