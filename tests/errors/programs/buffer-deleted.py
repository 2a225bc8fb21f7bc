"""Use an array after it was donated to a function."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    double = jax.jit(lambda w: w * 2, donate_argnums=0)
    kernel = jnp.ones((x.shape[1], 4))
    doubled = double(kernel)
    return [float(jnp.mean(doubled)), float(jnp.mean(kernel)), 0.0]
