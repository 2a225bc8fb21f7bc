"""Keeps bytes until memory is full."""
# verdict: memory_limit_exceeded


def exhaust(x):
    kept = []
    while True:
        kept.append(b"x" * (1 << 22))
