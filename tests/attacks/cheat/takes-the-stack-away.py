"""Leaves the judge's code no stack to run on."""
# verdict: runtime_error, wrong_answer

import sys

import numpy as np


def answer(x):
    sys.setrecursionlimit(sys.getrecursionlimit() and 20)
    return np.asarray(x)
