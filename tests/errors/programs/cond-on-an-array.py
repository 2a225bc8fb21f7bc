"""Hand a whole mask to `cond`."""

import jax
import jax.numpy as jnp


def freeze_first_dense(seed, x, y, lr):
    rows = jax.lax.cond(x > 0, lambda x: x, lambda x: -x, x)
    return [float(jnp.mean(rows)), 0.0, 0.0]
