"""Subtract NumPy arrays whose shapes do not fit."""

import numpy as np


def freeze_first_dense(seed, x, y, lr):
    return [float(np.mean(np.ones((5, 3)) - np.ones((5,)))), 0.0, 0.0]
