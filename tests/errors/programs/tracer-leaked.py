"""Keep a traced value beyond the function that made it."""

import jax
import jax.numpy as jnp

losses = []


@jax.jit
def mean_square(x):
    loss = jnp.mean(x**2)
    losses.append(loss)
    return loss


def freeze_first_dense(seed, x, y, lr):
    mean_square(x)
    return [float(losses[-1] + 1.0), 0.0, 0.0]
