"""Returns NaN, which a careless comparison takes for anything."""
# verdict: wrong_answer

import numpy as np


def answer(x):
    return np.full(x.shape, np.nan, np.float32)
