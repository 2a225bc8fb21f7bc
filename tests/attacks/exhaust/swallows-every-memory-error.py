"""Fills memory, forgets, and begins again for ever."""
# verdict: time_limit_exceeded, memory_limit_exceeded


def exhaust(x):
    kept = []
    while True:
        try:
            kept.append(b"x" * (1 << 22))
        except MemoryError:
            kept.clear()
