"""Ends the process as if all were well, in the middle of a case."""
# verdict: runtime_error

import os


def answer(x):
    os._exit(0)
