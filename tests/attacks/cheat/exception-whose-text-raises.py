"""Raises an exception whose text can't be had."""
# verdict: runtime_error


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no")

    __repr__ = __str__


def answer(x):
    raise Mute
