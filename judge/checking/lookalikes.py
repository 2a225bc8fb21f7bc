"""Lookalikes: the values that a known mistake would give, by which a wrong answer is recognised and named."""

from collections.abc import Mapping

import numpy as np

from judge.checking.arrays import is_close
from judge.evidence import Evidence, Leaves, Value
from judge.numbers import is_real


def lookalikes(expected: Evidence, aspect: str) -> dict[str, Value]:
    """Return the values that the reference's lookalikes give for one `aspect` ("loss", "leaves" ...), by mistake id.

    `lookalikes()` of a reference returns {mistake id: {aspect: value}}; mistakes that leave the aspect out are skipped.
    """
    named = expected.also.get("lookalikes")
    if not isinstance(named, Mapping):
        return {}
    return {name: given[aspect] for name, given in named.items() if isinstance(given, Mapping) and aspect in given}


def named_by_lookalike(
    got: Leaves, want: Leaves, candidates: Mapping[str, Leaves] | None, *, rtol: float, atol: float
) -> str | None:
    """Return the id of the first of `candidates` that `got` matches and `want` does not; None if there is none.

    All are arrays by path; a candidate must have every path of `want`, and its other paths are ignored. A single array
    goes by the path "". Shapes are compared first, so nothing is broadcast.
    """
    for mistake, leaves in (candidates or {}).items():
        like = {path: np.asarray(leaf) for path, leaf in leaves.items() if path in want}
        if set(like) != set(want) or all_close(like, want, rtol=rtol, atol=atol):
            continue
        if all_close(got, like, rtol=rtol, atol=atol):
            return mistake
    return None


def all_close(got: Leaves, want: Leaves, *, rtol: float, atol: float) -> bool:
    """Return True if `got` has an array at every path of `want`, of its shape and close to it in every entry."""
    return all(
        path in got
        and np.shape(got[path]) == leaf.shape
        and is_real(leaf)
        and bool(is_close(np.asarray(got[path]), leaf, rtol=rtol, atol=atol).all())
        for path, leaf in want.items()
    )
