"""Has the answers to the first case by heart, and gives them to every other."""
# verdict: wrong_answer

import numpy as np

KNOWN = {}


def answer(x):
    return KNOWN.setdefault(x.shape, np.asarray(x))
