"""Leaves a function behind that writes a better answer when the process ends."""
# verdict: wrong_answer

import atexit
import os

import numpy as np


def answer(x):
    atexit.register(lambda: os.write(3, b"accepted"))
    return np.asarray(x)
