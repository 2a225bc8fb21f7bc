"""Ends the process as if all were well, before anything was asked."""
# verdict: runtime_error

import sys

sys.exit(0)


def answer(x):
    return x
