"""Leaves threads behind that go on after the return, and stop the process from ending."""
# verdict: wrong_answer

import threading
import time

import numpy as np


def answer(x):
    for _ in range(8):
        threading.Thread(target=time.sleep, args=(60,)).start()
    return np.asarray(x)
