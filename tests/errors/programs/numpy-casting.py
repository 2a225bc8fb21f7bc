"""Subtract floats from an array of ints in place."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    total = np.zeros(y.shape, dtype=int)
    total += np.asarray(y)
    return [float(total.mean()), 0.0, 0.0]
