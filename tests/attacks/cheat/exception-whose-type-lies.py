"""Raises an exception whose class shows a name of a megabyte, and no frames of its own."""
# verdict: runtime_error


class Meta(type):
    @property
    def __name__(cls):
        return "accepted" * 100_000

    def __str__(cls):
        raise RuntimeError("no")


class Nameless(BaseException, metaclass=Meta):
    __traceback__ = None


def answer(x):
    raise Nameless
