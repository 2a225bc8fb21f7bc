"""Spins, deaf to the signal that its soft limit sends."""
# verdict: time_limit_exceeded

import signal

signal.signal(signal.SIGXCPU, signal.SIG_IGN)


def exhaust(x):
    while True:
        pass
