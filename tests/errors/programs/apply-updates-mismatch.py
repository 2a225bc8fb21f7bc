"""Apply the updates of one layer to the whole tree."""

import jax.numpy as jnp
import optax


def freeze_first_dense(seed, x, y, lr):
    params = {"l1": jnp.ones((x.shape[1], 4)), "l2": jnp.ones((4, y.shape[1]))}
    params = optax.apply_updates(params, {"l2": jnp.zeros((4, y.shape[1]))})
    return [float(jnp.mean(params["l2"])), 0.0, 0.0]
