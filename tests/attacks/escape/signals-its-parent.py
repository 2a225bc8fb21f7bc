"""Sends a signal to the process that it was forked from."""
# stopped by: landlock, seccomp, uid

import os
import signal


def attack(judge):
    os.kill(os.getppid(), signal.SIGURG)  # one that harms nobody
    return "signalled the parent"
