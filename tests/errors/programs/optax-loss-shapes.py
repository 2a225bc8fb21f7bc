"""Compare predictions with a target that lost an axis."""

import jax.numpy as jnp
import optax


def freeze_first_dense(seed, x, y, lr):
    predictions = jnp.zeros((x.shape[0], 1))
    return [float(jnp.mean(optax.l2_loss(predictions, y[:, 0]))), 0.0, 0.0]
