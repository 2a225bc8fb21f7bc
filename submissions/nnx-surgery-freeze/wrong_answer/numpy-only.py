# expect: wrong_answer; mistake: no-optimizer
import jax
import numpy as np
from flax import nnx


def freeze_first_dense(seed, x, y, lr):
    """The right three numbers without any training: nothing was built that could be frozen."""
    rngs = nnx.Rngs(int(seed))
    first = np.asarray(nnx.Linear(x.shape[1], 4, rngs=rngs).kernel[...])
    second = np.asarray(nnx.Linear(4, y.shape[1], rngs=rngs).kernel[...])
    loss = np.mean((np.maximum(np.asarray(x) @ first, 0) @ second - np.asarray(y)) ** 2)
    norm = float(jax.numpy.linalg.norm(first))
    return np.array([loss, norm, norm], dtype=np.float32)
