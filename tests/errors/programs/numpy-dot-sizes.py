"""Multiply NumPy matrices whose sizes do not fit with `np.dot`."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    return [float(np.dot(x, x).mean()), 0.0, 0.0]
