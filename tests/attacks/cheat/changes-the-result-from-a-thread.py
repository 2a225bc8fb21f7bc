"""Returns an array, and changes it from a thread that goes on after the return."""
# verdict: wrong_answer, runtime_error

import threading
import time

import numpy as np


def answer(x):
    result = np.array(x)

    def go_on():
        for _ in range(1000):
            result[...] = np.random.normal(size=result.shape)
            time.sleep(0.0005)

    threading.Thread(target=go_on, daemon=True).start()
    return result
