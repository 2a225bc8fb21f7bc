"""Ends itself by the signal that the judge and the kernel end processes with, to be judged once more, and again."""
# verdict: runtime_error

import os
import signal


def exhaust(x):
    os.kill(os.getpid(), signal.SIGKILL)
