"""Returns garbage at once, and sends another reply from a thread when the clock has stopped."""
# verdict: wrong_answer, runtime_error

import os
import threading
import time

import numpy as np


def answer(x):
    def later():
        time.sleep(0.002)
        os.write(3, b"jdg1" + bytes(12))

    threading.Thread(target=later, daemon=True).start()
    return np.asarray(x)
