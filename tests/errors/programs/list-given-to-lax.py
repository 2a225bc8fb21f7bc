"""Hand a list to a function of `jax.lax`."""

import jax


def freeze_first_dense(seed, x, y, lr):
    return jax.lax.exp([lr, lr, lr])
