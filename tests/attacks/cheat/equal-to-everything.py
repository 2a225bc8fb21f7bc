"""Returns objects that call themselves equal to whatever they are compared with."""
# verdict: wrong_answer, runtime_error


class Yes:
    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __le__ = __ge__ = __eq__
    __hash__ = object.__hash__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __sub__

    def __abs__(self):
        return 0.0

    def __bool__(self):
        return True


def answer(x):
    return [[Yes() for _ in row] for row in x]
