"""Name too many axes in a transposition of NumPy."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    x = np.asarray(x)
    return [float(np.mean(np.transpose(x, (0, 2, 1)))), 0.0, 0.0]
