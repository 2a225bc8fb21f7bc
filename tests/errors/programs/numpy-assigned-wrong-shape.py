"""Assign a matrix to a vector of NumPy."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    out = np.zeros(3)
    out[:] = y
    return out
