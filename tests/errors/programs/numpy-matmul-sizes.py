"""Multiply NumPy matrices whose sizes do not fit."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    x = np.asarray(x)
    return [float((x @ np.ones((x.shape[1] + 1, 2))).mean()), 0.0, 0.0]
