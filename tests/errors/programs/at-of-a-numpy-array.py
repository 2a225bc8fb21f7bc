"""Use `.at` on a NumPy array."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    x = np.asarray(x)
    return x.at[0].set(lr)
