"""Sends one of its threads the signal that ends a whole process."""
# verdict: runtime_error

import signal
import threading


def exhaust(x):
    signal.pthread_kill(threading.get_ident(), signal.SIGKILL)
    raise SystemError("nothing happened")
