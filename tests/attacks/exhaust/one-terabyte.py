"""Asks for a terabyte at once."""
# verdict: memory_limit_exceeded


def exhaust(x):
    return bytearray(1 << 40)
