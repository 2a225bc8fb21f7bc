"""Keeps bytes until memory is full."""
# verdict: memory_limit_exceeded
# slowly: filling memory takes time


def exhaust(x):
    kept = []
    while True:
        kept.append(b"x" * (1 << 22))
