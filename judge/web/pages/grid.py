"""Arrays as tables: rows and columns, one table for each slice of higher ranks, and several faces to switch between.

Grid ── Face (yours, expected, difference, ratio) ── Slice ([0, :, :]) ── rows of Cells
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from judge.verdict import Json
from judge.web.pages.digits import difference_text, pair_texts, ratio_text, short_text
from judge.web.pages.relation import differing, relation, reshaped
from judge.web.pages.tensor import Tensor, index_of

MOST_ROWS = 32  # of one slice
MOST_COLUMNS = 32
MOST_SLICES = 4


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One entry as text; `wrong` if it differs from the expected one."""

    text: str
    wrong: bool


@dataclass(frozen=True, kw_only=True)
class Slice:
    """A matrix of a higher rank, or the whole of a lower one. `title` is its index, empty if there is only one."""

    title: str
    columns: range
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Face:
    """One way to look at a grid: `yours`, `expected`, `difference` or `ratio`."""

    name: str
    notation: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """An array beside the expected one. `where` is its path, empty for a lone one.

    `wrong` is the number of entries that differ among those that are shown, `not_shown` that of the entries left out.
    """

    where: str
    notation: str
    faces: tuple[Face, ...]
    relation: str
    wrong: int
    shown: int
    not_shown: int


def paired_grid(where: str, want: Tensor, got: Tensor) -> Grid:
    """Return the grid of two arrays of one shape."""
    count = min(len(want.entries), len(got.entries))
    a, b = want.numbers[:count], got.numbers[:count]
    wrong = _wrong(want, got, count)
    texts = [_pair(x, y) for x, y in zip(want.entries[:count], got.entries[:count], strict=True)]
    columns = {
        "yours": [got_text for _, got_text in texts],
        "expected": [want_text for want_text, _ in texts],
        "difference": [difference_text(x, y) for x, y in zip(a, b, strict=True)],
        "ratio": [ratio_text(x, y) for x, y in zip(a, b, strict=True)],
    }
    notations = {"yours": got.notation, "expected": want.notation}
    faces = tuple(
        Face(name=name, notation=notations.get(name, ""), slices=_slices(got.shape, entries, wrong))
        for name, entries in columns.items()
        if any(entries)
    )
    return _grid(where, got, faces, relation(a, b, got.shape), wrong)


def lone_grid(where: str, want: Tensor | None, got: Tensor | None) -> Grid:
    """Return the grid of two arrays of different shapes, or of one alone: no entries of theirs are compared."""
    present = {name: each for name, each in (("yours", got), ("expected", want)) if each is not None and each.entries}
    faces = tuple(
        Face(
            name=name,
            notation=each.notation,
            slices=_slices(each.shape, [_text(entry) for entry in each.entries], [False] * len(each.entries)),
        )
        for name, each in present.items()
    )
    words = ""
    if want is not None and got is not None and want.is_whole and got.is_whole:
        words = reshaped(want.numbers, got.numbers, want.shape, got.shape)
    largest = max(present.values(), key=lambda each: each.size)
    return _grid(where, largest, faces, words, [])


def _grid(where: str, tensor: Tensor, faces: tuple[Face, ...], words: str, wrong: Sequence[bool]) -> Grid:
    shown = max((sum(len(cells) for part in face.slices for _, cells in part.rows) for face in faces), default=0)
    return Grid(
        where=where,
        notation=tensor.notation,
        faces=faces,
        relation=words,
        wrong=sum(wrong),
        shown=shown,
        not_shown=tensor.size - shown,
    )


def _wrong(want: Tensor, got: Tensor, count: int) -> list[bool]:
    """Return which entries differ; those that are no real numbers by their text."""
    by_number = differing(want.numbers[:count], got.numbers[:count])
    pairs = zip(want.entries, got.entries, by_number, strict=False)
    return [text if isinstance(x, str) or isinstance(y, str) else number
            for x, y, number in pairs for text in [x != y]]  # fmt: skip


def _slices(shape: tuple[int, ...], texts: Sequence[str], wrong: Sequence[bool]) -> tuple[Slice, ...]:
    """Return the slices of an array, as far as its entries and the limits go; a vector is one row."""
    rows, columns = (*(1,) * (2 - len(shape)), *shape[-2:])
    outer = shape[:-2]
    found = (
        _slice(index_of(number, outer), outer, number * rows * columns, (rows, columns), texts, wrong)
        for number in range(min(prod(outer), MOST_SLICES))
    )
    return tuple(each for each in found if each.rows)


def _slice(
    index: tuple[int, ...],
    outer: tuple[int, ...],
    start: int,
    sizes: tuple[int, int],
    texts: Sequence[str],
    wrong: Sequence[bool],
) -> Slice:
    rows, columns = sizes
    many = prod(outer) > 1
    return Slice(
        title=f"[{', '.join(map(str, index))}, :, :]" if many else "",
        columns=range(min(columns, MOST_COLUMNS)),
        rows=tuple(
            (row, cells)
            for row in range(min(rows, MOST_ROWS))
            if (cells := tuple(_cells(start + row * columns, min(columns, MOST_COLUMNS), texts, wrong)))
        ),
    )


def _cells(start: int, count: int, texts: Sequence[str], wrong: Sequence[bool]) -> Iterator[Cell]:
    for at in range(start, min(start + count, len(texts))):
        yield Cell(text=texts[at], wrong=wrong[at])


def _pair(want: Json, got: Json) -> tuple[str, str]:
    if _is_number(want) and _is_number(got):
        return pair_texts(want, got)  # type: ignore[arg-type]  # both are numbers
    return _text(want), _text(got)


def _text(entry: Json) -> str:
    return short_text(entry) if _is_number(entry) else str(entry)  # type: ignore[arg-type]  # a number


def _is_number(entry: Json) -> bool:
    return isinstance(entry, int | float) and not isinstance(entry, bool)
