"""Spins in four threads at once, whose time adds up."""
# verdict: time_limit_exceeded

import hashlib
import threading

DATA = b"x" * (1 << 24)


def spin():
    while True:
        hashlib.sha256(DATA).digest()


def exhaust(x):
    threads = [threading.Thread(target=spin) for _ in range(4)]
    for thread in threads:
        thread.start()
    threads[0].join()
