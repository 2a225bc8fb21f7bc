"""Leaves without a word."""
# verdict: runtime_error

import os


def exhaust(x):
    os._exit(0)
