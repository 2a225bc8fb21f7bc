"""Ask `jax.value_and_grad` for `has_aux` and return the loss alone."""

import jax


def freeze_first_dense(seed, x, y, lr):
    (loss, aux), grads = jax.value_and_grad(lambda w: w**2, has_aux=True)(lr)
    return [float(loss), 0.0, 0.0]
