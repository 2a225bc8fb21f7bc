"""Keeps NumPy arrays until memory is full."""
# verdict: memory_limit_exceeded
# slowly: filling memory takes time

import numpy as np


def exhaust(x):
    kept = []
    while True:
        kept.append(np.ones(1 << 20))
