"""Pull a single number back through a function of an array."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    out, pull = jax.vjp(jnp.sin, jnp.asarray(x))
    return [float(jnp.mean(pull(1.0)[0])), 0.0, 0.0]
