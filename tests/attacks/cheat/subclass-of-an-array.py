"""Returns an array of its own class, which agrees with everything."""
# verdict: wrong_answer, runtime_error

import numpy as np


class Agreeable(np.ndarray):
    def __array_ufunc__(self, function, method, *inputs, **keywords):
        return np.True_

    def __eq__(self, other):
        return np.True_

    def __array_finalize__(self, made_from):
        pass


def answer(x):
    return np.asarray(x).view(Agreeable)
