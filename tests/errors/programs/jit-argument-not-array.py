"""Hand an optax optimizer to a compiled function."""

import jax
import jax.numpy as jnp
import optax


@jax.jit
def step(params, grads, tx):
    updates, _ = tx.update(grads, tx.init(params))
    return optax.apply_updates(params, updates)


def freeze_first_dense(seed, x, y, lr):
    params = jnp.ones(3)
    return step(params, jnp.ones(3), optax.sgd(lr))
