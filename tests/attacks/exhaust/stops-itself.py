"""Stops its own process, as from a terminal."""
# verdict: runtime_error

import os
import signal


def exhaust(x):
    os.kill(os.getpid(), signal.SIGSTOP)
