"""Arrays in a report's JSON: their shape and dtype in JAX's notation, their entries, and Python that makes them again.

A report has an array as nested lists, or as {"shape", "dtype", "first"} if it is cut or of an unusual dtype. The dtype
of lists is the one that JAX gives such numbers: float32 where that holds every entry exactly.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from judge.verdict import Json
from judge.web.pages.digits import as_float, is_float32, number_text

MOST_ENTRIES = 1_024  # of one array that are read: only old reports hold more
MOST_AXES = 8
INT32 = 2**31
NOT_FINITE = ("nan", "inf", "-inf")  # as texts, because JSON has no such numbers
_COMPLEX = re.compile(r"\(?[-+.\deinfa]{1,60}j\)?")
_DTYPE = re.compile(r"[a-z][a-z0-9_]{0,29}")


@dataclass(frozen=True, kw_only=True)
class Tensor:
    """An array. `entries` are in the order of rows, and fewer than `size` if it was cut; a bare shape has no dtype."""

    shape: tuple[int, ...]
    dtype: str
    entries: tuple[Json, ...]

    @property
    def size(self) -> int:
        """Return the number of entries that the array itself has."""
        return prod(self.shape)

    @property
    def notation(self) -> str:
        """Return dtype and shape as JAX writes them: `float32[3,4]`."""
        return f"{self.dtype}[{','.join(map(str, self.shape))}]"

    @property
    def numbers(self) -> tuple[float, ...]:
        """Return the entries as floats, NaN for those that are no real numbers."""
        return tuple(map(as_float, self.entries))

    @property
    def is_whole(self) -> bool:
        """Return whether every entry is known."""
        return bool(self.dtype) and len(self.entries) == self.size


def tensor_of(value: Json) -> Tensor | None:
    """Return the array that a JSON value is, or None if it isn't one: a lone number, ragged lists, texts."""
    match value:
        case {"shape": list(shape), "dtype": str(dtype), "first": list(first)}:
            return _cut(shape, dtype, first)
        case {"shape": list(shape), **others} if not others:
            return Tensor(shape=_sizes(shape), dtype="", entries=()) if _are_sizes(shape) else None
        case list() if value:
            return _nested(value)
    return None


def index_of(number: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the index of an array's entry by its number in the order of rows. No axis is walked along."""
    index: list[int] = []
    for size in reversed(shape):
        number, at = divmod(number, max(1, size))
        index.append(at)
    return tuple(reversed(index))


def python_text(value: Json) -> str:
    """Return Python, with NumPy as `np`, that makes a value again; of an array that was cut, its first entries."""
    tensor = tensor_of(value)
    if tensor is not None and tensor.dtype:
        if tensor.is_whole:
            return _array_call(tensor)
        count = len(tensor.entries)
        first = _array_call(replace(tensor, shape=(count,)))
        return f"{first}  # the first {count:,} of {tensor.size:,} entries\n"
    match value:
        case Mapping():
            inner = {str(key): python_text(item) for key, item in value.items()}
            texts = [f"    {key!r}: {text},\n".replace("\n ", "\n     ") for key, text in inner.items()]
            return "{\n" + "".join(texts) + "}" if texts else "{}"
        case list():
            items = [python_text(item) for item in value]
            return "[" + ", ".join(items) + "]"
        case float():
            return _number(value)
    return repr(value)


def _array_call(tensor: Tensor) -> str:
    library = "np" if hasattr(np, tensor.dtype) else "jnp"
    texts = iter([_number(entry) for entry in tensor.entries])
    head = f"{library}.array("
    return f"{head}{_rows(texts, tensor.shape, len(head))}, dtype={library}.{tensor.dtype})"


def _rows(texts: Iterator[str], shape: tuple[int, ...], indent: int) -> str:
    """Return the entries in brackets, the rows of a matrix under one another."""
    if not shape:
        return next(texts)
    separator = ", " if len(shape) == 1 else ",\n" + " " * (indent + 1)
    return "[" + separator.join(_rows(texts, shape[1:], indent + 1) for _ in range(shape[0])) + "]"


def _number(entry: Json) -> str:
    if not isinstance(entry, float):
        return str(entry)
    text = number_text(entry)
    return text if text not in NOT_FINITE else text.replace("nan", "np.nan").replace("inf", "np.inf")


def _cut(shape: list[Json], dtype: str, first: list[Json]) -> Tensor | None:
    entries = [_entry(item) for item in first[:MOST_ENTRIES]]
    if not _are_sizes(shape) or not _DTYPE.fullmatch(dtype) or None in entries:
        return None
    sizes = _sizes(shape)
    return Tensor(shape=sizes, dtype=dtype, entries=tuple(entries[: prod(sizes)]))


def _nested(value: list[Json]) -> Tensor | None:
    """Return the array of nested lists whose sizes agree and whose entries are of one kind."""
    shape: list[int] = []
    first: Json = value
    while isinstance(first, list):
        if len(shape) == MOST_AXES:
            return None
        shape.append(len(first))
        first = first[0] if first else None
    entries: list[Json] = []
    if not _fill(entries, value, tuple(shape)):
        return None
    dtype = _dtype(entries)
    return None if dtype is None else Tensor(shape=tuple(shape), dtype=dtype, entries=tuple(entries))


def _fill(entries: list[Json], value: Json, shape: tuple[int, ...]) -> bool:
    """Append the entries of a list of `shape`, as far as they are read; return False if it has another shape."""
    if not shape:
        entry = _entry(value)
        entries.append(entry)
        return entry is not None
    if not isinstance(value, list) or len(value) != shape[0]:
        return False
    return all(_fill(entries, item, shape[1:]) for item in value if len(entries) < MOST_ENTRIES)


def _entry(item: Json) -> Json:
    """Return one entry, or None if an array can't hold it."""
    if isinstance(item, bool | int | float):
        return item
    if isinstance(item, str):
        return float(item) if item in NOT_FINITE else item if _COMPLEX.fullmatch(item) else None
    return None


def _dtype(entries: list[Json]) -> str | None:
    kinds = {type(entry) for entry in entries}
    if kinds == {bool}:
        return "bool"
    if kinds == {int}:
        return "int32" if all(-INT32 <= as_float(entry) < INT32 for entry in entries) else "int64"
    if kinds <= {int, float} and kinds:
        finite = [entry for entry in entries if isinstance(entry, float) and abs(entry) < np.inf]
        return "float32" if all(map(is_float32, finite)) else "float64"
    return "complex64" if kinds == {str} else None


def _are_sizes(shape: list[Json]) -> bool:
    return len(shape) <= MOST_AXES and all(isinstance(size, int) and 0 <= size < INT32 for size in shape)


def _sizes(shape: list[Json]) -> tuple[int, ...]:
    return tuple(size for size in shape if isinstance(size, int))
