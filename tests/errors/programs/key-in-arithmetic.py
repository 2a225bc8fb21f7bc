"""Add one to a random key."""

import jax


def freeze_first_dense(seed, x, y, lr):
    key = jax.random.key(int(seed))
    return [float(jax.random.normal(key + 1)), 0.0, 0.0]
