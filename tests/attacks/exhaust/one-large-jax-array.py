"""Asks for 64 GiB at once."""
# verdict: memory_limit_exceeded
# slowly: filling memory takes time

import jax.numpy as jnp


def exhaust(x):
    return jnp.ones((1 << 34,)).block_until_ready()
