"""The picture of a model's parameters, layer by layer: what is wrong is shown, layers that are right are folded.

Part ── rows in natural order; open, or closed under a title such as `l3 to l12: 20 parameters`
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from judge.verdict import Leaf
from judge.web.pages.charts import LeafRow, leaf_rows
from judge.web.pages.digits import natural_key

FREE_ROWS = 6  # a model of at most so many parameters is shown whole
OPEN_ROWS = 4  # of a larger one, if they are wrong
MOST_ROWS = 128
NAMELESS = "parameters"


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some parameters that follow one another; `title` and `note` are those of a fold, empty for an open part."""

    rows: tuple[LeafRow, ...]
    title: str = ""
    note: str = ""
    wrong: int = 0


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A model's parameters in parts, and the number of those left out."""

    parts: tuple[Part, ...]
    left_out: int

    @property
    def is_open(self) -> bool:
        """Return whether some parameters are shown from the start."""
        return any(not part.title for part in self.parts)


def leaf_picture(leaves: Sequence[Leaf], *, failed: bool) -> Picture:
    """Return the picture of `CaseResult.leaves`. Where a case `failed` for other reasons, all of it is folded."""
    rows = sorted(leaf_rows(leaves[:MOST_ROWS]), key=lambda row: natural_key(row.path))
    left_out = max(0, len(leaves) - MOST_ROWS)
    is_beside_the_point = failed and all(row.right for row in rows)
    if len(rows) <= FREE_ROWS and not is_beside_the_point:
        return Picture(parts=(Part(rows=tuple(rows)),) if rows else (), left_out=left_out)
    return Picture(parts=tuple(_parts(rows)), left_out=left_out)


def _parts(rows: Sequence[LeafRow]) -> Iterator[Part]:
    """Yield layers with something wrong as they are, as far as there is room, and the runs of others folded."""
    room = OPEN_ROWS
    layers: list[tuple[bool, list[LeafRow]]] = []
    for _, each in groupby(rows, key=_layer):
        layer = list(each)
        is_open = any(row.right is False for row in layer) and len(layer) <= room
        room -= len(layer) if is_open else 0
        layers.append((is_open, layer))
    for is_open, run in groupby(layers, key=lambda each: each[0]):
        together = [row for _, layer in run for row in layer]
        yield Part(rows=tuple(together)) if is_open else _folded(together)


def _folded(rows: Sequence[LeafRow]) -> Part:
    first, last = _layer(rows[0]), _layer(rows[-1])
    counts = Counter(row.words for row in rows)
    return Part(
        rows=tuple(rows),
        title=(first if first == last else f"{first} to {last}") or NAMELESS,
        note=" · ".join(f"{count} {words}" if len(counts) > 1 else words for words, count in counts.most_common()),
        wrong=sum(row.right is False for row in rows),
    )


def _layer(row: LeafRow) -> str:
    """Return the path of the layer that a parameter belongs to."""
    return row.path.rpartition(".")[0] or row.path
