"""Hand the seed to `jax.random.normal` as its key."""

import jax


def freeze_first_dense(seed, x, y, lr):
    return jax.random.normal(int(seed), (3,))
