"""Call a `custom_vjp` function before `defvjp`."""

import jax


def freeze_first_dense(seed, x, y, lr):
    square = jax.custom_vjp(lambda w: w**2)
    return [float(jax.grad(square)(lr)), 0.0, 0.0]
