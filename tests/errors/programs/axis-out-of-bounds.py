"""Take the mean along an axis that a NumPy array does not have."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    x = np.asarray(x)
    return [float(np.mean(np.mean(x, axis=2))), 0.0, 0.0]
