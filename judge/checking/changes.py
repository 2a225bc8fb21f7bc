"""What the training did to each parameter, beside the reference: the rows of the picture that goes with a verdict."""

from typing import Any

import numpy as np

from judge.checking.models import seen_models
from judge.checking.show import finite
from judge.checking.values import is_real
from judge.evidence import Evidence, Leaves


def leaf_changes(expected: Evidence, actual: Evidence) -> tuple[dict[str, Any], ...]:
    """One row a parameter leaf of the observed model, in order of paths; none where no model was seen.

    Each has `path`, `shape`, and the norms `norm_before`, `norm_after`, `change` (of the difference) and
    `expected_change` (the reference's, None where the reference has no such leaf): floats, None where not finite.
    """
    if not expected.observed:
        return ()
    seen = seen_models(expected, actual)
    if seen.got is None:
        return ()
    return tuple(
        {
            "path": path,
            "shape": list(leaf.shape),
            "norm_before": _norm(leaf),
            "norm_after": _norm(seen.got.after.get(path)),
            "change": _change(seen.got.before, seen.got.after, path),
            "expected_change": _change(seen.want.before, seen.want.after, path),
        }
        for path, leaf in sorted(seen.got.before.items())
    )


def _norm(leaf: np.ndarray | None) -> float | None:
    if leaf is None or not is_real(leaf):
        return None
    return finite(float(np.linalg.norm(leaf.astype(np.float64).ravel())))


def _change(before: Leaves, after: Leaves, path: str) -> float | None:
    if path not in before or path not in after or before[path].shape != after[path].shape:
        return None
    if not is_real(before[path]) or not is_real(after[path]):
        return None
    return _norm(after[path].astype(np.float64) - before[path].astype(np.float64))
