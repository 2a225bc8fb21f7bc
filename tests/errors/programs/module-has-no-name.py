"""Look for `norm` in NumPy itself."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    return [float(np.norm(x)), 0.0, 0.0]
