"""Computes a number of which C code does not stop to look at signals."""
# verdict: time_limit_exceeded, memory_limit_exceeded


def exhaust(x):
    return 7 ** (10**9)
