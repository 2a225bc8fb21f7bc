"""Returns an array of 500 MB, to fill the judge's memory."""
# verdict: output_limit_exceeded, memory_limit_exceeded

import numpy as np


def answer(x):
    return np.lib.stride_tricks.as_strided(np.zeros(1, np.float32), (125_000_000,), (0,))
