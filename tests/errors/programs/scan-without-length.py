"""Scan without an array and without a length."""

import jax


def freeze_first_dense(seed, x, y, lr):
    total, _ = jax.lax.scan(lambda total, _: (total + lr, None), 0.0)
    return [float(total), 0.0, 0.0]
