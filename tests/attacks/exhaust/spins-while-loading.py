"""Spins before it defines anything."""
# verdict: time_limit_exceeded

while True:
    pass


def exhaust(x):
    return x
