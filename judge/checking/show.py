"""How values appear in a verdict: JSON with every digit, cut to a size, and short numbers for sentences."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from judge.evidence import Unencodable, Value
from judge.verdict import Json

MAX_ENTRIES = 64  # of one array or container; a verdict is read by people
MAX_CHARACTERS = 200  # of one text
MAX_DEPTH = 6  # of containers in containers
MAX_NAMES = 6  # of leaves listed in one sentence


def to_json(value: Value, *, depth: int = MAX_DEPTH) -> Json:
    """`value` as what json.dumps takes: floats keep every digit, arrays become nested lists.

    An array of more than 64 entries becomes {"shape", "dtype", "first", "left_out"}. NaN and infinities become text,
    because JSON has no word for them.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str):
        return value if len(value) <= MAX_CHARACTERS else value[:MAX_CHARACTERS] + "…"
    if isinstance(value, np.ndarray | np.generic):
        return _array_to_json(np.asarray(value))
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        return _cut({str(key): to_json(item, depth=depth - 1) for key, item in _first(value.items())}, len(value))
    if isinstance(value, list | tuple):
        items = [to_json(item, depth=depth - 1) for item in _first(value)]
        return items if len(value) <= MAX_ENTRIES else [*items, f"… {len(value) - MAX_ENTRIES} more"]
    return f"<{value.type_name if isinstance(value, Unencodable) else type(value).__name__}>"


def number(value: float) -> str:
    """`value` with three digits, for a sentence."""
    return f"{value:.3g}"


def off_by(error: float | None) -> str:
    """How far off something is, for a sentence: "off by up to 0.1", or "not finite" for None."""
    return "not finite" if error is None else f"off by up to {number(error)}"


def finite(value: float) -> float | None:
    """`value`, or None where JSON could not hold it."""
    return float(value) if math.isfinite(value) else None


def names(paths: Iterable[str]) -> str:
    """`paths` as a list for a sentence, cut after six: "l1.bias and l1.kernel"."""
    listed = list(paths)
    if len(listed) > MAX_NAMES:
        return ", ".join(listed[:MAX_NAMES]) + f" and {len(listed) - MAX_NAMES} more"
    return " and ".join(", ".join(listed).rsplit(", ", 1)) if listed else "none"


def _array_to_json(array: np.ndarray) -> Json:
    if array.size <= MAX_ENTRIES:
        return _plain(array.tolist())
    return {
        "shape": list(array.shape),
        "dtype": array.dtype.name,
        "first": _plain(array.ravel()[:MAX_ENTRIES].tolist()),
        "left_out": int(array.size) - MAX_ENTRIES,
    }


def _plain(value: Any) -> Json:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, bool | int | str) else str(value)


def _first(items: Iterable[Any]) -> Iterable[Any]:
    return (item for _, item in zip(range(MAX_ENTRIES), items, strict=False))


def _cut(shown: dict[str, Json], size: int) -> dict[str, Json]:
    return shown if size <= MAX_ENTRIES else {**shown, "…": f"{size - MAX_ENTRIES} more"}
