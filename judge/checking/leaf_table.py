"""The change of each parameter beside the reference's: the rows of the chart that goes with a verdict."""

import numpy as np

from judge.checking.arrays import difference, norm
from judge.checking.models import seen_models
from judge.evidence import Evidence, Leaves
from judge.verdict import Leaf

MAX_ROWS = 64
PATH_CHARACTERS = 100


def leaf_changes(expected: Evidence, actual: Evidence) -> tuple[Leaf, ...]:
    """Return one row for each parameter leaf of the observed model, in order of paths.

    There are at most 64 rows, those of the reference's paths first, and none where no model was seen.
    Norms that are not finite, or of a leaf that is not there, are None.
    """
    if not expected.observed:
        return ()
    seen = seen_models(expected, actual)
    if seen.got is None:
        return ()
    return tuple(
        Leaf(
            path=path[:PATH_CHARACTERS],
            shape=leaf.shape,
            norm_before=norm(leaf),
            norm_after=None if path not in seen.got.after else norm(seen.got.after[path]),
            change=_change(seen.got.before, seen.got.after, path),
            expected_change=_change(seen.want.before, seen.want.after, path),
        )
        for path, leaf in _first(seen.got.before, seen.want.before)
    )


def _first(leaves: Leaves, wanted: Leaves) -> list[tuple[str, np.ndarray]]:
    chosen = sorted(leaves, key=lambda path: (path not in wanted, path))[:MAX_ROWS]
    return [(path, leaves[path]) for path in sorted(chosen)]


def _change(before: Leaves, after: Leaves, path: str) -> float | None:
    if path not in before or path not in after or before[path].shape != after[path].shape:
        return None
    return norm(difference(after[path], before[path]))
