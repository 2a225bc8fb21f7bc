"""Change the NumPy view of a JAX array in place."""

import jax.numpy as jnp
import numpy as np


def freeze_first_dense(seed, x, y, lr):
    kernel = np.asarray(jnp.ones((x.shape[1], 4)))
    kernel[0] = 0.0
    return [float(kernel.mean()), 0.0, 0.0]
