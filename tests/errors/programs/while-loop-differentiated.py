"""Differentiate a `while_loop`."""

import jax


def double_up(w):
    return jax.lax.while_loop(lambda w: w < 3.0, lambda w: w * 2.0, w)


def freeze_first_dense(seed, x, y, lr):
    return [float(jax.grad(double_up)(lr)), 0.0, 0.0]
