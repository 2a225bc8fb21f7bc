"""Takes a lock twice."""
# verdict: time_limit_exceeded

import threading


def exhaust(x):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
