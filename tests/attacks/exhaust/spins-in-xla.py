"""Spins in compiled code, where Python gets no turn."""
# verdict: time_limit_exceeded

import jax
import jax.numpy as jnp


def exhaust(x):
    return jax.lax.while_loop(lambda y: y >= 0.0, lambda y: y * 0.9999 + 1.0, jnp.asarray(1.0)).block_until_ready()
