"""Hand float labels to a loss for whole numbers."""

import jax.numpy as jnp
import optax


def freeze_first_dense(seed, x, y, lr):
    loss = optax.softmax_cross_entropy_with_integer_labels(jnp.asarray(x), y[:, 0])
    return [float(jnp.mean(loss)), 0.0, 0.0]
