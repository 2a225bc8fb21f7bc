"""Make a key of a seed with more than 64 bits."""

import jax


def freeze_first_dense(seed, x, y, lr):
    key = jax.random.key(2**70)
    return [float(jax.random.normal(key)), 0.0, 0.0]
