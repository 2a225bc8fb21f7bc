"""Differentiate a loss that is complex."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    slope = jax.grad(lambda w: jnp.sum(jnp.fft.fft(x * w)))(2.0)
    return [float(slope), 0.0, 0.0]
