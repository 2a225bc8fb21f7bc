"""Stops its own process, as from a terminal."""
# verdict: time_limit_exceeded

import os
import signal


def exhaust(x):
    os.kill(os.getpid(), signal.SIGSTOP)
