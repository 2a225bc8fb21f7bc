"""Calls itself until the stack is full."""
# verdict: runtime_error, memory_limit_exceeded, time_limit_exceeded

import sys


def exhaust(x):
    sys.setrecursionlimit(10**9)

    def again():
        again()

    again()
