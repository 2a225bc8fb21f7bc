"""Two JSON values taken apart: arrays and single entries by path, so that those with one path can be compared."""

from collections.abc import Iterator, Mapping
from itertools import islice

from judge.verdict import Json
from judge.web.pages.tensor import Tensor, index_of, tensor_of

MOST_ENTRIES = 1_000  # of one value: only old reports hold more
MOST_DEPTH = 12  # of containers that are taken apart
EMPTY = "none"


def leaves_of(expected: Json, actual: Json) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return the arrays and single entries of two values by path (`l1.bias[0]`), those of one path of one kind."""
    want, got = (dict(islice(_leaves(value, "", 0), MOST_ENTRIES)) for value in (expected, actual))
    want, got = _taken_apart(want, got), _taken_apart(got, want)
    return _without_lone_parents(want, got)


def _leaves(value: Json, where: str, depth: int) -> Iterator[tuple[str, Json]]:
    """Yield arrays and single entries by path."""
    tensor = tensor_of(value)
    if tensor is not None:
        yield where, tensor
    elif isinstance(value, list | Mapping) and not value:
        yield where, EMPTY
    elif isinstance(value, list | Mapping) and depth == MOST_DEPTH:
        yield where, "…"
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, f"{where}[{index}]", depth + 1)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{where}.{key}" if where else str(key), depth + 1)
    else:
        yield where, value


def _taken_apart(mine: dict[str, Json], others: dict[str, Json]) -> dict[str, Json]:
    """Return leaves with the entries of each array that has a list of other things beside it, and not an array."""
    return {
        path: entry
        for where, leaf in mine.items()
        for path, entry in (
            _entries(where, leaf) if where not in others and f"{where}[0]" in others else [(where, leaf)]
        )
    }


def _entries(where: str, leaf: Json) -> Iterator[tuple[str, Json]]:
    """Yield the known entries of an array by path, or another leaf as it is."""
    if not isinstance(leaf, Tensor):
        yield where, leaf
        return
    for number, entry in enumerate(leaf.entries):
        yield where + "".join(f"[{at}]" for at in index_of(number, leaf.shape)), entry


def _without_lone_parents(want: dict[str, Json], got: dict[str, Json]) -> tuple[dict[str, Json], dict[str, Json]]:
    """Return both without the empty containers that have entries on the other side."""

    def kept(mine: dict[str, Json], others: dict[str, Json]) -> dict[str, Json]:
        parents = {other[:at] for other in others for at, sign in enumerate(other) if sign in ".["}
        fuller = {where for where in mine if isinstance(others.get(where), Tensor)}
        return {where: each for where, each in mine.items() if each != EMPTY or where not in parents | fuller}

    return kept(want, got), kept(got, want)
