"""Returns numbers that are something else whenever they are turned into a float."""
# verdict: wrong_answer, runtime_error

import numpy as np


class Lies(float):
    def __float__(self):
        return float("nan")

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


def answer(x):
    return [[Lies(value) for value in row] for row in np.asarray(x)]
