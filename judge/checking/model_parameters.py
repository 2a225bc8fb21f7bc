"""Checks of a model's parameters before and after the training: frozen ones unchanged, trained ones as expected."""

from collections.abc import Mapping, Sequence

import numpy as np

from judge.checking.arrays import difference, is_close, largest_gap, largest_of, norm
from judge.checking.diagnosis import diagnose, moved_paths
from judge.checking.failure import failed
from judge.checking.lookalikes import named_by_lookalike
from judge.checking.models import Seen
from judge.checking.paths import leaves_under
from judge.checking.phrases import names, number
from judge.checking.symptoms import NO_MISTAKES, Mistakes, Symptom
from judge.errors import PackageFault
from judge.evidence import Leaves, Observed
from judge.jsonable import to_json
from judge.numbers import is_real
from judge.verdict import Check, Json

NOT_SEEN = (
    "no nnx.Optimizer was seen, so there is no model to look at: build the model and "
    "nnx.Optimizer(model, ..., wrt=nnx.Param) inside the function, outside of any jit"
)
# Counted, so surer than a lookalike.
CERTAIN = (Symptom.NO_STEP, Symptom.NOTHING_MOVED, Symptom.MORE_STEPS, Symptom.FEWER_STEPS)

BARELY = 0.05  # of the largest change of an entry outside: a leak by gradients is as large as those are

LeafLookalikes = Mapping[str, Leaves]  # id of a mistake -> the leaves that it would leave behind


def frozen(
    check_id: str, seen: Seen, *under: str, mistakes: Mistakes = NO_MISTAKES, only: Mapping[str, str] | None = None
) -> Check:
    """Check that every leaf under the prefixes is bit for bit the same before and after the call.

    `error` is the largest change of an entry. `only` names the mistake where all the leaves that moved end in one name:
    {"bias": "bias-leaks"}. Symptoms: NOT_SEEN, OTHER_TREE, BARELY_MOVED, EVERYTHING_MOVED, ONLY_FROZEN_MOVED,
    SOME_FROZEN_MOVED.
    """
    got = comparable_model(check_id, seen, under, mistakes)
    if isinstance(got, Check):
        return got
    inside = leaves_under(got.before, *under)
    leaked = moved_paths(inside, got.after)
    if not leaked:
        return Check(id=check_id, passed=True, expected={"moved": []}, actual={"moved": []})
    symptom = _symptom_of_leak(got, inside, leaked)
    changes = {path: _largest_change(got.before[path], got.after.get(path)) for path in leaked}
    error = max((change for change in changes.values() if change is not None), default=None)
    return failed(
        check_id,
        _leak_sentence(leaked, error, symptom),
        symptom,
        mistakes,
        named=_named_by_ending(leaked, only or {})
        if len(leaked) < len(inside) and symptom is not Symptom.BARELY_MOVED
        else None,
        expected={"moved": []},
        actual={"moved": to_json(changes)},
        error=error,
    )


def trained(
    check_id: str,
    seen: Seen,
    *under: str,
    rtol: float,
    atol: float = 0.0,
    lookalikes: LeafLookalikes | None = None,
    mistakes: Mistakes = NO_MISTAKES,
) -> Check:
    """Check that every leaf under the prefixes has, after the call, the values of the reference's leaf of its path.

    `error` is the largest difference of an entry. Where the leaves are those of a lookalike, that mistake is named;
    else the change is compared with the reference's. Symptoms: NOT_SEEN, OTHER_TREE, OTHER_START, NO_STEP,
    NOTHING_MOVED, PARTLY_MOVED, MORE_STEPS, FEWER_STEPS, LOOKALIKE, SCALED, REVERSED, SIGN_LIKE, NOT_FINITE,
    OTHER_CHANGE.
    """
    model = comparable_model(check_id, seen, under, mistakes)
    if isinstance(model, Check):
        return model
    want, got = leaves_under(seen.want.after, *under), leaves_under(model.after, *under)
    error = largest_of(largest_gap(got[path], want[path]) for path in want)
    if all(is_close(got[path], want[path], rtol=rtol, atol=atol).all() for path in want):
        return Check(id=check_id, passed=True, error=error)
    diagnosis = diagnose(seen, *under)
    certain = mistakes.get(diagnosis.symptom) if diagnosis.symptom in CERTAIN else None
    off = f" (off by up to {number(error)})" if error else ""
    return failed(
        check_id,
        diagnosis.message + off,
        diagnosis.symptom,
        mistakes,
        named=certain or named_by_lookalike(got, want, lookalikes, rtol=rtol, atol=atol),
        expected={"change": _sizes(seen.want.before, want)},
        actual={"change": _sizes(model.before, got)},
        error=error,
    )


def moved(check_id: str, seen: Seen, *under: str, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Check that every leaf under the prefixes that the reference moved has moved at all.

    Symptoms: NOT_SEEN, OTHER_TREE, NO_STEP, NOTHING_MOVED, PARTLY_MOVED.
    """
    got = comparable_model(check_id, seen, under, mistakes)
    if isinstance(got, Check):
        return got
    should = moved_paths(leaves_under(seen.want.before, *under), seen.want.after)
    did = moved_paths(leaves_under(got.before, *under), got.after)
    still = [path for path in should if path not in did]
    if not still:
        return Check(id=check_id, passed=True)
    return failed(
        check_id,
        f"{names(still)} did not move, but should have",
        Symptom.PARTLY_MOVED if did else diagnose(seen, *under).symptom,
        mistakes,
        expected={"moved": to_json(should)},
        actual={"moved": to_json(did)},
    )


def parameters(check_id: str, seen: Seen, *, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Check that the model has the reference's leaves and no others: the same paths, each with its shape.

    A path is made of attribute names: `seen_models(..., by_shape=True)` for models that may have other names.
    Symptoms: NOT_SEEN, OTHER_TREE.
    """
    got = comparable_model(check_id, seen, ("",), mistakes)
    if isinstance(got, Check):
        return got
    count, wanted = _count(got.before), _count(seen.want.before)
    if count == wanted:
        return Check(id=check_id, passed=True, expected=wanted, actual=count)
    more = [path for path in sorted(got.before) if path not in seen.want.before]
    return failed(
        check_id,
        f"the model has {count} numbers, expected {wanted}: {names(more)} should not be there",
        Symptom.OTHER_TREE,
        mistakes,
        expected=wanted,
        actual=count,
        error=float(abs(count - wanted)),
    )


def leaf_dtypes(check_id: str, seen: Seen, *under: str, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Check that the leaves have, after the call, the reference's dtypes.

    Symptoms: NOT_SEEN, OTHER_TREE, WRONG_DTYPE.
    """
    model = comparable_model(check_id, seen, under, mistakes)
    if isinstance(model, Check):
        return model
    want = {path: leaf.dtype.name for path, leaf in leaves_under(seen.want.after, *under).items()}
    got = {path: model.after[path].dtype.name for path in want}
    wrong = [path for path in want if want[path] != got[path]]
    if not wrong:
        return Check(id=check_id, passed=True, expected=to_json(want), actual=to_json(got))
    message = f"{names(wrong)} ended as {got[wrong[0]]}, expected {want[wrong[0]]}"
    return failed(check_id, message, Symptom.WRONG_DTYPE, mistakes, expected=to_json(want), actual=to_json(got))


def not_seen(check_id: str, mistakes: Mistakes) -> Check:
    """Return the failed check for a submission without an observed optimizer. Symptom: NOT_SEEN."""
    return failed(check_id, NOT_SEEN, Symptom.NOT_SEEN, mistakes)


def comparable_model(check_id: str, seen: Seen, under: Sequence[str], mistakes: Mistakes) -> Observed | Check:
    """Return the submission's model, if it has the reference's leaves under the prefixes, or else the failed check.

    Every leaf must be of real numbers and have the reference's shape, before and after the call. Raises PackageFault
    where the reference itself has no leaf under the prefixes. Symptoms: NOT_SEEN, OTHER_TREE.
    """
    if seen.got is None:
        return not_seen(check_id, mistakes)
    want = leaves_under(seen.want.before, *under)
    if not want:  # the check could only pass
        raise PackageFault(
            f"no parameter of the reference's model lies under {names(under)}: it has {names(seen.want.before)}"
        )
    for when, leaves in (("", seen.got.before), (" afterwards", seen.got.after)):
        for path, leaf in want.items():
            fault = _fault_of_leaf(leaves, path, leaf, when)
            if fault:
                return failed(check_id, fault, Symptom.OTHER_TREE, mistakes)
    return seen.got


def _fault_of_leaf(leaves: Leaves, path: str, want: np.ndarray, when: str) -> str:
    """Return the sentence about a leaf that cannot be compared with the reference's `want`; "" if it can."""
    if path not in leaves:
        return f"the model has no parameter {path}{when}; it has {names(sorted(leaves))}"
    if leaves[path].shape != want.shape:
        return f"{path} has shape {leaves[path].shape}{when}, expected {want.shape}"
    if not is_real(leaves[path]):
        return f"{path} has dtype {leaves[path].dtype.name}{when}, expected {want.dtype.name}"
    return ""


def _symptom_of_leak(got: Observed, inside: Leaves, leaked: Sequence[str]) -> Symptom:
    outside = {path: leaf for path, leaf in got.before.items() if path not in inside}
    if outside and not moved_paths(outside, got.after):
        return Symptom.ONLY_FROZEN_MOVED
    small, usual = (_largest_of_all(leaves, got.after) for leaves in (inside, outside))
    if small is not None and usual is not None and small < BARELY * usual:
        return Symptom.BARELY_MOVED
    return Symptom.EVERYTHING_MOVED if len(leaked) == len(inside) else Symptom.SOME_FROZEN_MOVED


def _largest_of_all(before: Leaves, after: Leaves) -> float | None:
    changes = [_largest_change(leaf, after.get(path)) for path, leaf in before.items()]
    return None if None in changes else max((each for each in changes if each is not None), default=None)


def _leak_sentence(leaked: Sequence[str], error: float | None, symptom: Symptom) -> str:
    by = f" (by up to {number(error)})" if error is not None else ""
    alone = ", and nothing else did" if symptom is Symptom.ONLY_FROZEN_MOVED else ""
    return f"{names(leaked)} moved{by}, but must not{alone}"


def _named_by_ending(paths: Sequence[str], only: Mapping[str, str]) -> str | None:
    """Return the mistake for the one name that all paths end in; None if they end in several or it is not listed."""
    endings = {path.rsplit(".", 1)[-1] for path in paths}
    return only.get(endings.pop()) if len(endings) == 1 else None


def _largest_change(before: np.ndarray, after: np.ndarray | None) -> float | None:
    if after is None or after.shape != before.shape or not is_real(after) or not is_real(before):
        return None
    return largest_gap(after, before)


def _sizes(before: Leaves, after: Leaves) -> Json:
    return to_json({path: norm(difference(after[path], before[path])) for path in after})


def _count(leaves: Leaves) -> int:
    return sum(int(leaf.size) for leaf in leaves.values())
