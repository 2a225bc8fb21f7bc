"""Raises an exception whose text is never done."""
# verdict: time_limit_exceeded


class Spins(Exception):
    def __str__(self):
        while True:
            pass


def answer(x):
    raise Spins
