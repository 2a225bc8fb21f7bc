"""Assign a whole array to one entry of the result."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    out = np.zeros(3)
    out[0] = np.mean(y, axis=0)
    return out
