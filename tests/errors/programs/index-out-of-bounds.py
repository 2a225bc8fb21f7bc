"""Index a NumPy array behind its end."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    x = np.asarray(x)
    return [float(x[0, x.shape[1]]), 0.0, 0.0]
