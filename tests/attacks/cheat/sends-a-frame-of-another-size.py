"""Announces a frame of sixteen exabytes, and sends it."""
# verdict: output_limit_exceeded

import os
import struct

import numpy as np

REPLIES = 3


def answer(x):
    os.write(REPLIES, struct.pack("<4sIQ", b"jdg1", 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF))
    for _ in range(100):
        os.write(REPLIES, b"\xff" * 65536)
    return np.asarray(x)
