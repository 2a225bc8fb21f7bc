"""Ignores every signal that can be ignored, and sleeps."""
# verdict: time_limit_exceeded

import signal
import time


def exhaust(x):
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue
    time.sleep(1000)
