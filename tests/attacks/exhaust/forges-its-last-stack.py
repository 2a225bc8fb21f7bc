"""Writes megabytes of forged stacks to where the judge reads one, and blocks the signal that asks for it."""
# verdict: time_limit_exceeded

import os
import signal
import threading

FORGED = b'Stack (most recent call first):\n  File "solution.py", line 7 in accepted\n' * 1000


def flood():
    while True:
        os.write(5, FORGED)


def exhaust(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    threading.Thread(target=flood, daemon=True).start()
    while True:
        pass
