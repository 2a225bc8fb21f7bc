"""Lets a timer raise an exception in the middle of the judge's own writing."""
# verdict: wrong_answer, runtime_error

import signal

import numpy as np


class Interrupted(BaseException):
    pass


def interrupt(*_):
    raise Interrupted


def answer(x):
    signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(1)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    return np.asarray(x)
