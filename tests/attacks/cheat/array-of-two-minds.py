"""Returns an object whose array is another one each time that it is asked for."""
# verdict: wrong_answer, runtime_error

import itertools

import numpy as np


class TwoMinds:
    turn = itertools.count()

    def __init__(self, x):
        self.x = np.asarray(x)
        self.shape, self.dtype, self.nbytes = self.x.shape, self.x.dtype, self.x.nbytes

    def __array__(self, dtype=None, copy=None):
        return self.x if next(self.turn) % 2 else np.full_like(self.x, np.nan)


def answer(x):
    return TwoMinds(x)
