"""Expected and actual values side by side: single entries as rows, arrays as grids, and what they have in common."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup, escape

from judge.evidence import Value
from judge.verdict import Json
from judge.web.pages.digits import (
    as_float,
    common_digits,
    difference_text,
    marked,
    natural_key,
    number_text,
    pair_texts,
    ratio_text,
)
from judge.web.pages.grid import Grid, lone_grid, paired_grid
from judge.web.pages.relation import differing, relation
from judge.web.pages.tensor import Tensor, python_text
from judge.web.pages.text import reveal
from judge.web.pages.value_leaves import leaves_of

MOST_ROWS = 24  # of one comparison
MOST_GRIDS = 4
MOST_NUMBERS = 4096  # of one array that is printed whole
MOST_EQUAL_ROWS = 8  # a comparison of at most so many rows shows equal ones as well
SEVERAL = 2  # numbers from which on they can have something in common
PYTHON_CHARACTERS = 16_000  # of the Python text of both values
MISSING = "—"
_ABSENT: Json = object()
_NOTATION = re.compile(r"[a-z][a-z0-9_]{0,29}\[[\d, ]{0,60}\]")  # of a shape and dtype, as checks write it


@dataclass(frozen=True, kw_only=True)
class Row:
    """One entry of two values as HTML. `where` is its path: `[2]`, `l1.bias[0]`, "" for a lone value.

    Where all rows of a comparison are in one container, its name is left out of their paths.
    """

    where: str
    expected: Markup
    actual: Markup
    difference: str
    ratio: str
    same: bool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Rows and grids to show, and the numbers of those left out: because they are equal, or too many.

    `container` is the name that the paths of all rows began with. `relation` says in words what all entries have in
    common. `python` makes both values again, with all digits.
    """

    container: str = ""
    rows: tuple[Row, ...] = ()
    equal_rows: int = 0
    more_rows: int = 0
    grids: tuple[Grid, ...] = ()
    equal_grids: int = 0
    more_grids: int = 0
    relation: str = ""
    python: str = ""

    @property
    def has_numbers(self) -> bool:
        """Return whether differences or ratios are known of any row."""
        return any(row.difference for row in self.rows)

    @property
    def height(self) -> int:
        """Return the number of lines that it takes on a page, without its heading."""
        return len(self.rows) + sum(len(part.rows) + 2 for grid in self.grids for part in grid.faces[0].slices)


@dataclass(kw_only=True)
class _Pairs:
    """The findings so far: entries by path, pairs of numbers, and grids."""

    entries: list[tuple[str, Json, Json]] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    want: list[float] = field(default_factory=list)  # every number of an array of one shape on both sides
    got: list[float] = field(default_factory=list)


def compare(expected: Json, actual: Json) -> Comparison:
    """Compare two JSON values: containers are taken apart, arrays of one or no axis become rows, others grids."""
    want, got = leaves_of(expected, actual)
    found = _Pairs()
    for where in sorted({**want, **got}, key=natural_key):
        _pair(found, where, want.get(where, _ABSENT), got.get(where, _ABSENT))
    container = _container([where for where, _, _ in found.entries])
    rows = _rows([(where[len(container) :].lstrip("."), a, b) for where, a, b in found.entries])
    shown, grids = _chosen_rows(rows), _chosen_grids(found.grids)
    equal_rows, equal_grids = _equal(rows), sum(not _is_wrong(grid) for grid in found.grids)
    return Comparison(
        container=container,
        rows=shown,
        equal_rows=equal_rows - _equal(shown),
        more_rows=len(rows) - equal_rows - (len(shown) - _equal(shown)),
        grids=grids,
        equal_grids=equal_grids - sum(not _is_wrong(grid) for grid in grids),
        more_grids=sum(map(_is_wrong, found.grids)) - sum(map(_is_wrong, grids)),
        relation=_common_relation(found),
        python=_python(expected, actual),
    )


def as_html(value: Json) -> Markup:
    """Return `json_text`, escaped."""
    return reveal(json_text(value)) if not isinstance(value, str) else escape(reveal(value))


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
    """Return a JSON value of a report on one or a few lines, with all digits."""
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
            return "\n".join(_entry_text(key, item) for key, item in value.items())
    return str(value)


def _entry_text(key: str, value: Json) -> str:
    """Return an entry of a dictionary: what takes several lines stands under its key, moved to the right."""
    text = json_text(value)
    if "\n" not in text and not (isinstance(value, Mapping) and value):
        return f"{key}: {text}"
    return f"{key}:\n" + "\n".join(f"  {line}" for line in text.split("\n"))


def _shape_text(shape: Json) -> str:
    if not isinstance(shape, list | tuple):
        return str(shape)
    sizes = ", ".join(str(size) for size in shape)
    return sizes + "," if len(shape) == 1 else sizes


def _pair(found: _Pairs, where: str, want: Json, got: Json) -> None:
    """Add what a path has on both sides."""
    arrays = [each for each in (want, got) if isinstance(each, Tensor)]
    if isinstance(want, Tensor) and isinstance(got, Tensor) and want.shape == got.shape and want.entries:
        count = min(len(want.entries), len(got.entries))
        found.want.extend(want.numbers[:count])
        found.got.extend(got.numbers[:count])
        if len(want.shape) > 1:
            found.grids.append(paired_grid(where, want, got))
        else:
            pairs = zip(want.entries[:count], got.entries[:count], strict=True)
            found.entries.extend((f"{where}[{at}]", a, b) for at, (a, b) in enumerate(pairs))
    elif arrays:
        found.entries.append((where, _notation(want), _notation(got)))
        if any(each.entries for each in arrays):
            sides = [each if isinstance(each, Tensor) else None for each in (want, got)]
            found.grids.append(lone_grid(where, *sides))
    else:
        found.entries.append((where, want, got))
        if _are_numbers(want, got):
            found.want.append(as_float(want))
            found.got.append(as_float(got))


def _notation(value: Json) -> Json:
    return value.notation if isinstance(value, Tensor) else value


def _rows(entries: Sequence[tuple[str, Json, Json]]) -> list[Row]:
    wrong = differing([as_float(want) for _, want, _ in entries], [as_float(got) for _, _, got in entries])
    return [_row(where, want, got, far) for (where, want, got), far in zip(entries, wrong, strict=True)]


def _row(where: str, want: Json, got: Json, far: bool) -> Row:
    if _are_numbers(want, got):
        a, b = as_float(want), as_float(got)
        left, right = pair_texts(want, got)  # type: ignore[arg-type]  # both are numbers
        keep = common_digits(left, right) if far else len(max(left, right, key=len))
        return Row(
            where=where,
            expected=marked(left, keep),
            actual=marked(right, keep if keep < len(right) or not far else 0),
            difference=difference_text(a, b),
            ratio=ratio_text(a, b),
            same=not far,
        )
    left, right = _cell(want), _cell(got)
    same = left == right and want is not _ABSENT
    actual = reveal(right) if same else marked(right, 0)
    return Row(where=where, expected=reveal(left), actual=actual, difference="", ratio="", same=same)


def _container(paths: Sequence[str]) -> str:
    """Return the first name of all paths, if they have the same and more follows it."""
    firsts = {path.partition(".")[0] for path in paths}
    return firsts.pop() if len(firsts) == 1 and all("." in path for path in paths) else ""


def _chosen_rows(rows: list[Row]) -> tuple[Row, ...]:
    if len(rows) > MOST_EQUAL_ROWS:
        rows = [row for row in rows if not row.same] or rows[:MOST_EQUAL_ROWS]
    return tuple(rows[:MOST_ROWS])


def _chosen_grids(grids: list[Grid]) -> tuple[Grid, ...]:
    return tuple(([grid for grid in grids if _is_wrong(grid)] or grids[:1])[:MOST_GRIDS])


def _is_wrong(grid: Grid) -> bool:
    return bool(grid.wrong) or len({face.notation for face in grid.faces if face.notation}) > 1 or len(grid.faces) == 1


def _equal(rows: Sequence[Row]) -> int:
    return sum(row.same for row in rows)


def _common_relation(found: _Pairs) -> str:
    """Return what several numbers have in common; a grid says its own, and a lone number has its ratio."""
    if len(found.want) < SEVERAL or (len(found.grids) == 1 and not found.entries):
        return ""
    return relation(found.want, found.got)


def _python(expected: Json, actual: Json) -> str:
    texts = [(name, python_text(value)) for name, value in (("expected", expected), ("yours", actual))]
    lines = "\n".join(f"{name} = {text}".rstrip() for name, text in texts)
    return lines if len(lines) <= PYTHON_CHARACTERS else ""


def _cell(value: Json) -> str:
    if value is _ABSENT:
        return MISSING
    if isinstance(value, str) and _NOTATION.fullmatch(value):
        return value.replace(", ", ",")
    return number_text(value) if isinstance(value, float) else str(value)


def _are_numbers(*values: Json) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
