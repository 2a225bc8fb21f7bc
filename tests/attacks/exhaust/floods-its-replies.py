"""Writes to the channel of replies without end."""
# verdict: runtime_error

import os


def exhaust(x):
    while True:
        os.write(3, b"y" * 65536)
