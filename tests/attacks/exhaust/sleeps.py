"""Sleeps, and uses nothing but a slot."""
# verdict: time_limit_exceeded

import time


def exhaust(x):
    time.sleep(1000)
