"""Spins."""
# verdict: time_limit_exceeded


def exhaust(x):
    while True:
        pass
