"""Reads address nought."""
# verdict: runtime_error

import ctypes


def exhaust(x):
    ctypes.string_at(0)
