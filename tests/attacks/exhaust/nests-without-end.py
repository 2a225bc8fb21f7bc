"""Gives Python's own compiler more than its stack holds."""
# verdict: runtime_error, memory_limit_exceeded


def exhaust(x):
    return compile("-" * 200_000 + "1", "x", "eval")
