"""Draw from a stream that was not made."""

import jax
from flax import nnx


def freeze_first_dense(seed, x, y, lr):
    rngs = nnx.Rngs(params=int(seed))
    return [float(jax.random.normal(rngs.noise())), 0.0, 0.0]
