"""Closes all descriptors, so that no wrong answer can be sent."""
# verdict: runtime_error

import os
import time


def answer(x):
    os.closerange(0, 1024)
    time.sleep(60)
