"""Give `jvp` a direction of another shape."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    value, slope = jax.jvp(jnp.sin, (lr,), (jnp.ones(3),))
    return [float(value), 0.0, 0.0]
