"""Values as JSON for a report or a page: every digit of a float, cut to a size."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from judge.evidence import Unencodable, Value
from judge.numbers import NARROW_REALS, as_float64
from judge.verdict import Json

MAX_ENTRIES = 64  # of one array or container; a verdict is read by people
MAX_VALUES = 1_024  # of one value with all that it holds
MAX_CHARACTERS = 200  # of one text
ALL_CHARACTERS = 4_096  # of all texts of one value, the keys among them
MAX_DEPTH = 6  # of containers in containers
NAME_CHARACTERS = 80  # of a type's name
# The usual dtypes, which a reader takes lists of numbers for; any other one is named
SHOWN_DTYPES = frozenset("bool int32 int64 float32 float64 complex64 complex128".split())


def to_json(value: Value) -> Json:
    """Return `value` in a form that json.dumps takes: floats keep every digit, arrays become nested lists.

    An array of more than 64 entries, or of a dtype that its numbers don't show (bfloat16), becomes {"shape", "dtype",
    "first", "left_out"}. Of a container the first 64 items are shown, six containers deep, and of the whole value the
    first 1,024 entries and 4,096 characters. NaN and infinities become text, because JSON cannot express them.
    """
    return _ToJson().of(value, MAX_DEPTH)


class _ToJson:
    def __init__(self) -> None:
        self._left = MAX_VALUES
        self._characters = ALL_CHARACTERS

    def of(self, value: Value, depth: int) -> Json:
        """Return `value` as JSON, with containers `depth` deep."""
        self._left -= 1
        if value is None or isinstance(value, bool | int):
            return value
        if isinstance(value, float):
            return value if math.isfinite(value) else str(value)
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, complex):
            return str(value)
        if isinstance(value, np.ndarray | np.generic):
            return self._array(np.asarray(value))
        if isinstance(value, Mapping | list | tuple):
            return self._container(value, depth)
        name = value.type_name if isinstance(value, Unencodable) else type(value).__name__
        return f"<{cut_text(name, NAME_CHARACTERS)}>"

    def _container(self, value: Mapping[str, Value] | Sequence[Value], depth: int) -> Json:
        if depth == 0 or self._left <= 0:
            return "…"
        if isinstance(value, Mapping):
            shown = {self._text(str(key)): self.of(each, depth - 1) for key, each in self._first(value)}
            return shown if len(shown) >= len(value) else {**shown, "…": f"{len(value) - len(shown)} more"}
        items = [self.of(each, depth - 1) for _, each in self._first(dict(enumerate(value[:MAX_ENTRIES])))]
        return items if len(items) == len(value) else [*items, f"… {len(value) - len(items)} more"]

    def _first(self, items: Mapping[Any, Value]) -> Iterator[tuple[Any, Value]]:
        for _, item in zip(range(MAX_ENTRIES), items.items(), strict=False):
            if self._left <= 0 or self._characters <= 0:
                return
            yield item

    def _text(self, text: str) -> str:
        shown = cut_text(text, min(MAX_CHARACTERS, max(0, self._characters)))
        self._characters -= len(shown)
        return shown

    def _array(self, array: np.ndarray) -> Json:
        # An axis of length 0 makes an array without entries, however many rows it has.
        rows = math.prod(max(1, axis) for axis in array.shape)
        shows_dtype = not array.ndim or array.dtype.name in SHOWN_DTYPES
        if shows_dtype and rows <= MAX_ENTRIES and rows <= self._left:
            self._left -= rows
            return _entries(array)
        first = array.ravel()[: max(1, min(MAX_ENTRIES, self._left))]
        self._left -= first.size
        return {
            "shape": list(array.shape),
            "dtype": array.dtype.name,
            "first": _entries(first),
            "left_out": int(array.size - first.size),
        }


def finite(value: float) -> float | None:
    """Return `value`, or None where JSON could not hold it: NaN or infinity."""
    return float(value) if math.isfinite(value) else None


def _entries(array: np.ndarray) -> Json:
    return _plain((as_float64(array) if array.dtype.name in NARROW_REALS else array).tolist())


def _plain(value: Any) -> Json:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, bool | int | str) else str(value)


def cut_text(text: str, most: int) -> str:
    """Return `text` cut to `most` characters, with an ellipsis where some were left out."""
    return text if len(text) <= most else text[:most] + "…"
