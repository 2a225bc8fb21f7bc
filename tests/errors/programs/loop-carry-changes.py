"""Start a loop from one number and add whole rows."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    row = jnp.asarray(x)[0]
    total = jax.lax.while_loop(lambda total: jnp.all(total < 3.0), lambda total: total + row**2, jnp.zeros(()))
    return [float(jnp.mean(total)), 0.0, 0.0]
