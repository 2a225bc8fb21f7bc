"""Values as Python text that makes them again, where `array`, `inf` and `nan` are NumPy's."""

import math
from collections.abc import Mapping

import numpy as np

from judge.evidence import Value


class NoLiteral(ValueError):
    """A value can't be written as text, or takes more characters than are allowed."""


def literal(value: Value, most: int) -> str:
    """Return the expression for `value`. Raises NoLiteral, also for more than `most` characters."""
    if _least_length(value) > most:
        raise NoLiteral("too many numbers")
    text = _text(value)
    if len(text) > most:
        raise NoLiteral("too long")
    return text


def _least_length(value: Value) -> int:
    """Return how many characters the text takes at least: an item of a list takes a comma and a space more."""
    match value:
        case np.ndarray():
            return 3 * int(value.size)
        case str():
            return len(value)
        case Mapping():
            return sum(len(name) + _least_length(each) for name, each in value.items())
        case list() | tuple():
            return sum(map(_least_length, value), 2 * len(value))
    return 1


def _text(value: Value) -> str:
    match value:
        case np.ndarray() | np.generic():
            return _array(np.asarray(value))
        case None | bool() | int() | str():
            return repr(value)
        case float():
            return repr(value) if math.isfinite(value) else _odd(value)
        case complex():
            return f"complex({_text(value.real)}, {_text(value.imag)})"
        case Mapping():
            return "{" + ", ".join(f"{name!r}: {_text(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_text, value)) + "]"
        case tuple():
            return "(" + "".join(f"{_text(each)}, " for each in value).rstrip() + ")"
    raise NoLiteral(f"a {type(value).__name__} has no text")


def _array(array: np.ndarray) -> str:
    kind = array.dtype.name
    if not array.size:
        return f"array([], {kind!r}).reshape({array.shape})"
    return f"array({_nested(array)}, {kind!r})"


def _nested(array: np.ndarray) -> str:
    if array.ndim:
        return "[" + ", ".join(map(_nested, array)) + "]"
    if array.dtype.kind == "c":
        return _text(complex(array))
    number = array.item()
    if isinstance(number, float):
        return str(array) if math.isfinite(number) else _odd(number)  # the shortest text of its own precision
    return repr(number)


def _odd(number: float) -> str:
    return "nan" if math.isnan(number) else "inf" if number > 0 else "-inf"
