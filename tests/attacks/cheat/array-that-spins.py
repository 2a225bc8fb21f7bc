"""Returns an object that never becomes an array."""
# verdict: time_limit_exceeded


class Spins:
    def __array__(self, dtype=None, copy=None):
        while True:
            pass


def answer(x):
    return Spins()
