"""Keeps JAX arrays until memory is full."""
# verdict: memory_limit_exceeded
# slowly: filling memory takes time

import jax.numpy as jnp


def exhaust(x):
    kept = []
    while True:
        kept.append((jnp.ones(1 << 20) + len(kept)).block_until_ready())
