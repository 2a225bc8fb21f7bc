"""Import a name that a module does not have."""

from flax.nnx import Dense


def freeze_first_dense(seed, x, y, lr):
    return [0.0, 0.0, 0.0]
