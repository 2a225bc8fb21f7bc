"""Expected and actual values side by side, with the differing digits marked; and arrays as text."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from markupsafe import Markup, escape

from judge.evidence import Value
from judge.verdict import Json
from judge.web.pages.text import reveal

MOST_ROWS = 24  # of one comparison
MOST_ENTRIES = 1_000  # of a value that is compared: only old reports hold more
MOST_EQUAL_ROWS = 8  # a comparison of at most so many rows shows equal ones as well
MOST_NUMBERS = 4096  # of one array that is printed whole
LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
MISSING = "—"
EMPTY = "none"
_ABSENT: Any = object()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry of two values as HTML. `where` is its path: `[2]`, `l1.bias[0]`, "" for a lone value."""

    where: str
    expected: Markup
    actual: Markup
    same: bool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Rows to show, and the number of those left out because they are equal or too many."""

    rows: tuple[Row, ...]
    left_out: int


def compare(expected: Json, actual: Json) -> Comparison:
    """Compare two JSON values entry by entry. Lists and objects are taken apart; shapes and texts stay whole."""
    first = [dict(islice(_entries(value, ""), MOST_ENTRIES)) for value in (expected, actual)]
    want, got = _without_lone_parents(*first)
    rows = [_row(where, want.get(where, _ABSENT), got.get(where, _ABSENT)) for where in {**want, **got}]
    chosen = rows if len(rows) <= MOST_EQUAL_ROWS else [row for row in rows if not row.same] or rows[:MOST_EQUAL_ROWS]
    return Comparison(rows=tuple(chosen[:MOST_ROWS]), left_out=len(rows) - len(chosen[:MOST_ROWS]))


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same float32, or as the same float64 if it is not one."""
    if not math.isfinite(value):
        return str(value)
    if abs(value) <= LARGEST_FLOAT32 and float(np.float32(value)) == value:
        return _plain_exponent(str(np.float32(value)))
    return _plain_exponent(repr(value))


def array_text(value: Value) -> str:
    """Return an input of a case as a Python expression: `np.array([[0.5, 1.0]], dtype=np.float32)`."""
    if isinstance(value, np.ndarray | np.generic) and np.ndim(value):
        array = np.asarray(value)
        if array.size > MOST_NUMBERS:
            return f"# {array.dtype.name} array of shape {array.shape}: too long to print"
        # The indent puts the rows of a matrix under one another.
        body = np.array2string(
            array,
            separator=", ",
            threshold=MOST_NUMBERS + 1,
            max_line_width=100,
            prefix="np.array(",
            floatmode="unique",
        )
        return f"np.array({body}, dtype=np.{array.dtype.name})"
    if isinstance(value, np.generic):
        return repr(value.item())
    return repr(value)


def json_text(value: Json) -> str:
    """Return a JSON value of a report on one or a few lines, with numbers as by `number_text`."""
    match value:
        case bool() | None:
            return str(value)
        case float():
            return number_text(value)
        case list():
            rows = [json_text(item) for item in value]
            nested = any(isinstance(item, list) for item in value)
            return "[" + (",\n " if nested else ", ").join(row.replace("\n", "\n ") for row in rows) + "]"
        case {"shape": shape, "dtype": dtype, "first": first}:
            return f"{dtype} array of shape ({_shape_text(shape)}), first entries:\n{json_text(first)}"
        case Mapping():
            return "\n".join(f"{key}: {json_text(item)}" for key, item in value.items())
    return str(value)


def _plain_exponent(text: str) -> str:
    return text.replace("e+", "e")


def _shape_text(shape: Json) -> str:
    if not isinstance(shape, list | tuple):
        return str(shape)
    sizes = ", ".join(str(size) for size in shape)
    return sizes + "," if len(shape) == 1 else sizes


def _without_lone_parents(want: dict[str, Json], got: dict[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return both without the empty containers that have entries on the other side."""

    def kept(mine: dict[str, Json], others: dict[str, Json]) -> dict[str, Json]:
        inner = tuple(others)
        return {
            where: value
            for where, value in mine.items()
            if value != EMPTY or not any(other.startswith((f"{where}.", f"{where}[")) for other in inner)
        }

    return kept(want, got), kept(got, want)


def _entries(value: Json, where: str) -> Iterator[tuple[str, Json]]:
    if isinstance(value, list | Mapping) and not value:
        yield where, EMPTY
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _entries(item, f"{where}[{index}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            inner = f"{where}.{key}" if where else str(key)
            if key == "shape" and isinstance(item, list):
                yield inner, f"({_shape_text(item)})"
            else:
                yield from _entries(item, inner)
    else:
        yield where, value


def _row(where: str, want: Json, got: Json) -> Row:
    left, right = _cell(want), _cell(got)
    if left == right and want is not _ABSENT:
        return Row(where=where, expected=reveal(left), actual=reveal(right), same=True)
    if _are_numbers(want, got):
        keep = _common_digits(left, right)
        return Row(where=where, expected=_marked(left, keep), actual=_marked(right, keep), same=False)
    return Row(where=where, expected=reveal(left), actual=_marked(right, 0), same=False)


def _cell(value: Json) -> str:
    if value is _ABSENT:
        return MISSING
    if isinstance(value, float):
        return number_text(value)
    return str(value)


def _are_numbers(*values: Json) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _common_digits(left: str, right: str) -> int:
    """Return the number of leading characters that are equal; 0 if the numbers differ in size."""
    (left_whole, left_power), (right_whole, right_power) = _size(left), _size(right)
    if (left_whole, left_power) != (right_whole, right_power):
        return 0
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def _size(text: str) -> tuple[int, str]:
    mantissa, _, power = text.partition("e")
    return len(mantissa.partition(".")[0]), power


def _marked(text: str, keep: int) -> Markup:
    if keep >= len(text):
        return reveal(text)
    return Markup("{}<mark>{}</mark>").format(reveal(text[:keep]), reveal(text[keep:]))


def as_html(value: Json) -> Markup:
    """Return `json_text`, escaped."""
    return reveal(json_text(value)) if not isinstance(value, str) else escape(reveal(value))
