"""Checks of a model's parameters before and after the training: what stood still, what moved, and where to."""

from collections.abc import Mapping

import numpy as np

from judge.checking.arrays import difference, is_close, largest_gap, largest_of, norm
from judge.checking.diagnosis import moved_paths, recognise
from judge.checking.models import Seen
from judge.checking.paths import leaves_under
from judge.checking.phrases import names, number
from judge.checking.symptoms import NO_MISTAKES, Mistakes, Symptom
from judge.errors import PackageFault
from judge.evidence import Leaves
from judge.jsonable import to_json
from judge.numbers import is_real
from judge.verdict import Check, Json

NOT_SEEN = (
    "no nnx.Optimizer was seen, so there is no model to look at: build the model and "
    "nnx.Optimizer(model, ..., wrt=nnx.Param) inside the function, outside of any jit"
)

CERTAIN = (
    Symptom.NO_STEP,
    Symptom.NOTHING_MOVED,
    Symptom.MORE_STEPS,
    Symptom.FEWER_STEPS,
)  # counted: surer than a likeness

LeafLookalikes = Mapping[str, Leaves]  # id of a mistake -> the leaves that it would leave behind


def frozen(
    check_id: str, seen: Seen, *under: str, mistakes: Mistakes = NO_MISTAKES, only: Mapping[str, str] | None = None
) -> Check:
    """Whether every leaf under the prefixes is bit for bit the same before and after the call.

    `error` is the largest change of an entry. `only` names the mistake where all the leaves that moved end in one name:
    {"bias": "bias-leaks"}. Signs: NOT_SEEN, OTHER_TREE, EVERYTHING_MOVED, ONLY_FROZEN_MOVED, SOME_FROZEN_MOVED.
    """
    trouble = _missing(check_id, seen, under, mistakes)
    if trouble or seen.got is None:
        return trouble or not_seen(check_id, mistakes)
    inside = leaves_under(seen.got.before, *under)
    moved = moved_paths(inside, seen.got.after)
    if not moved:
        return Check(id=check_id, passed=True, expected={"moved": []}, actual={"moved": []})
    outside = {path: leaf for path, leaf in seen.got.before.items() if path not in inside}
    others = moved_paths(outside, seen.got.after)
    ends = {path.rsplit(".", 1)[-1] for path in moved}
    sign = _which_moved(len(moved) == len(inside), bool(others), bool(outside))
    named = (only or {}).get(ends.pop()) if len(ends) == 1 and len(moved) < len(inside) else None
    changes = {path: _largest_change(seen.got.before[path], seen.got.after.get(path)) for path in moved}
    error = max((change for change in changes.values() if change is not None), default=None)
    by = f" (by up to {number(error)})" if error is not None else ""
    still = "" if others or not outside else ", and nothing else did"
    return Check(
        id=check_id,
        passed=False,
        message=f"{names(moved)} moved{by}, but must not{still}",
        expected={"moved": []},
        actual={"moved": to_json(changes)},
        error=error,
        mistake=named or mistakes.get(sign),
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
    """Whether every leaf under the prefixes has, after the call, the values of the reference's leaf of the same path.

    `error` is the largest difference of an entry. Where the leaves are those of a lookalike, that mistake is named;
    else the change is compared with the reference's. Signs: NOT_SEEN, OTHER_TREE, OTHER_START, NO_STEP,
    NOTHING_MOVED, PARTLY_MOVED, MORE_STEPS, FEWER_STEPS, SCALED, REVERSED, SIGN_LIKE, NOT_FINITE, OTHER_CHANGE.
    """
    trouble = _missing(check_id, seen, under, mistakes)
    if trouble or seen.got is None:
        return trouble or not_seen(check_id, mistakes)
    want, got = leaves_under(seen.want.after, *under), leaves_under(seen.got.after, *under)
    wrong = [path for path in want if not is_close(got[path], want[path], rtol=rtol, atol=atol).all()]
    error = largest_of(largest_gap(got[path], want[path]) for path in want)
    if not wrong:
        return Check(id=check_id, passed=True, error=error)
    movement = recognise(seen, *under)
    certain = mistakes.get(movement.sign) if movement.sign in CERTAIN else None
    named = certain or _same_as(got, want, lookalikes or {}, rtol, atol)
    off = f" (off by up to {number(error)})" if error else ""
    return Check(
        id=check_id,
        passed=False,
        message=movement.message + off,
        expected={"change": _sizes(seen.want.before, want)},
        actual={"change": _sizes(seen.got.before, got)},
        error=error,
        mistake=named or mistakes.get(movement.sign),
    )


def moved(check_id: str, seen: Seen, *under: str, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Whether every leaf under the prefixes that the reference moved has moved at all.

    Signs: NOT_SEEN, OTHER_TREE, NO_STEP, NOTHING_MOVED, PARTLY_MOVED.
    """
    trouble = _missing(check_id, seen, under, mistakes)
    if trouble or seen.got is None:
        return trouble or not_seen(check_id, mistakes)
    should = moved_paths(leaves_under(seen.want.before, *under), seen.want.after)
    did = set(moved_paths(leaves_under(seen.got.before, *under), seen.got.after))
    still = [path for path in should if path not in did]
    if not still:
        return Check(id=check_id, passed=True)
    sign = recognise(seen, *under).sign if not did else Symptom.PARTLY_MOVED
    return Check(
        id=check_id,
        passed=False,
        message=f"{names(still)} did not move, but should have",
        expected={"moved": to_json(should)},
        actual={"moved": to_json(sorted(did))},
        mistake=mistakes.get(sign),
    )


def parameters(check_id: str, seen: Seen, *, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Whether the model has the reference's leaves and no others: the same paths, each with its shape.

    A path is made of attribute names: `seen_models(..., by_shape=True)` for models that may have other names.
    Signs: NOT_SEEN, OTHER_TREE.
    """
    trouble = _missing(check_id, seen, ("",), mistakes)
    if trouble or seen.got is None:
        return trouble or not_seen(check_id, mistakes)
    count, wanted = _count(seen.got.before), _count(seen.want.before)
    if count == wanted:
        return Check(id=check_id, passed=True, expected=wanted, actual=count)
    more = [path for path in sorted(seen.got.before) if path not in seen.want.before]
    return Check(
        id=check_id,
        passed=False,
        message=f"the model has {count} numbers, expected {wanted}: {names(more)} should not be there",
        expected=wanted,
        actual=count,
        error=float(abs(count - wanted)),
        mistake=mistakes.get(Symptom.OTHER_TREE),
    )


def leaf_dtypes(check_id: str, seen: Seen, *under: str, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Whether the leaves have, after the call, the reference's dtypes. Signs: NOT_SEEN, OTHER_TREE, WRONG_DTYPE."""
    trouble = _missing(check_id, seen, under, mistakes)
    if trouble or seen.got is None:
        return trouble or not_seen(check_id, mistakes)
    want = {path: leaf.dtype.name for path, leaf in leaves_under(seen.want.after, *under).items()}
    got = {path: seen.got.after[path].dtype.name for path in want}
    wrong = [path for path in want if want[path] != got[path]]
    message = f"{names(wrong)} ended as {got[wrong[0]]}, expected {want[wrong[0]]}" if wrong else ""
    mistake = mistakes.get(Symptom.WRONG_DTYPE) if wrong else None
    return Check(
        id=check_id,
        passed=not wrong,
        message=message,
        expected=to_json(want),
        actual=to_json(got),
        mistake=mistake,
    )


def not_seen(check_id: str, mistakes: Mistakes) -> Check:
    """The failed check where no optimizer was seen. Symptom: NOT_SEEN."""
    return Check(id=check_id, passed=False, message=NOT_SEEN, mistake=mistakes.get(Symptom.NOT_SEEN))


def _missing(check_id: str, seen: Seen, under: tuple[str, ...], mistakes: Mistakes) -> Check | None:
    """A failed check where the model was not seen, or lacks a leaf of the reference's; None where all is there.

    Raises PackageFault where the reference itself has no leaf under the prefixes.
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
            if path not in leaves:
                there = names(sorted(leaves))
                trouble = f"the model has no parameter {path}{when}; it has {there}"
            elif leaves[path].shape != leaf.shape:
                trouble = f"{path} has shape {leaves[path].shape}{when}, expected {leaf.shape}"
            elif not is_real(leaves[path]):
                trouble = f"{path} has dtype {leaves[path].dtype.name}{when}, expected {leaf.dtype.name}"
            else:
                continue
            return Check(id=check_id, passed=False, message=trouble, mistake=mistakes.get(Symptom.OTHER_TREE))
    return None


def _which_moved(all_inside: bool, others: bool, any_outside: bool) -> Symptom:
    if any_outside and not others:
        return Symptom.ONLY_FROZEN_MOVED
    return Symptom.EVERYTHING_MOVED if all_inside else Symptom.SOME_FROZEN_MOVED


def _largest_change(before: np.ndarray, after: np.ndarray | None) -> float | None:
    if after is None or after.shape != before.shape or not is_real(after) or not is_real(before):
        return None
    return largest_gap(after, before)


def _same_as(got: Leaves, want: Leaves, lookalikes: LeafLookalikes, rtol: float, atol: float) -> str | None:
    for name, leaves in lookalikes.items():
        like = {path: np.asarray(leaf) for path, leaf in leaves.items() if path in want}
        if set(like) != set(want) or any(like[path].shape != want[path].shape for path in want):
            continue
        is_reference = all(is_close(like[path], want[path], rtol=rtol, atol=atol).all() for path in want)
        if not is_reference and all(is_close(got[path], like[path], rtol=rtol, atol=atol).all() for path in want):
            return name
    return None


def _sizes(before: Leaves, after: Leaves) -> Json:
    return to_json({path: norm(difference(after[path], before[path])) for path in after})


def _count(leaves: Leaves) -> int:
    return sum(int(leaf.size) for leaf in leaves.values())
