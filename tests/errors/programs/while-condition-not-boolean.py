"""Return a number from the condition of `while_loop`."""

import jax


def freeze_first_dense(seed, x, y, lr):
    rounds = jax.lax.while_loop(lambda n: 3 - n, lambda n: n + 1, 0)
    return [float(rounds), 0.0, 0.0]
