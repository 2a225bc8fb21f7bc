"""Writes to the second output without end, past Python's own buffers."""
# verdict: output_limit_exceeded

import os


def exhaust(x):
    while True:
        os.write(2, b"y" * 65536)
