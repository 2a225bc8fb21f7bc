"""Begins a frame of the largest size that is taken, and sends it byte by byte for ever."""
# verdict: runtime_error, time_limit_exceeded

import os
import struct


def exhaust(x):
    os.write(3, struct.pack("<4sIQ", b"jdg1", 100, 15 << 20))
    while True:
        os.write(3, b"y")
