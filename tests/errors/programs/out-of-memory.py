"""Make a NumPy array larger than the memory."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    return [float(np.zeros((10**8, 10**8)).mean()), 0.0, 0.0]
