"""Checks of an optimizer's own state: the moments that it keeps for each parameter, and its count of steps."""

from collections.abc import Mapping

import numpy as np

from judge.checking.arrays import is_close, largest_gap, largest_of
from judge.checking.model_parameters import not_seen
from judge.checking.models import Seen
from judge.checking.paths import leaves_under
from judge.checking.phrases import names, number, off_by
from judge.checking.symptoms import NO_MISTAKES, Mistakes, Symptom
from judge.errors import PackageFault
from judge.evidence import Leaves
from judge.jsonable import finite, to_json
from judge.numbers import as_float64, is_real
from judge.verdict import Check


def moments(state: Leaves, name: str, parameters: Leaves) -> dict[str, np.ndarray]:
    """The leaves of an optimizer's state that hold moment `name` ("mu", "nu", "trace"), by their parameter's path.

    They are found by how their path ends, `...mu.l1.kernel`, so it does not matter how deep the state is wrapped.
    """
    found: dict[str, np.ndarray] = {}
    for where, leaf in state.items():
        inner = f".{where}"
        start = inner.find(f".{name}.")
        while start >= 0:
            path = inner[start + len(name) + 2 :]
            if path in parameters:
                found[path] = leaf
            start = inner.find(f".{name}.", start + 1)
    return {path: found[path] for path in sorted(found)}


def moments_zero(check_id: str, seen: Seen, name: str, *under: str, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Whether moment `name` of every leaf under the prefixes is exactly zero after the call, or not kept at all.

    That is how it is for a leaf whose gradient was zero at every step. `error` is the largest entry.
    Signs: NOT_SEEN, DIFFERENT.
    """
    if seen.got is None:
        return not_seen(check_id, mistakes)
    _reference_moments(seen, name)
    kept = leaves_under(moments(seen.got.state_after, name, seen.got.after), *under)
    sizes = {path: float(np.abs(as_float64(leaf)).max(initial=0.0)) for path, leaf in kept.items() if is_real(leaf)}
    touched = {path: size for path, size in sizes.items() if size != 0}
    if not touched:
        return Check(id=check_id, passed=True, error=0.0)
    largest = float(np.max(list(touched.values())))
    return Check(
        id=check_id,
        passed=False,
        message=f"the optimizer's {name} of {names(touched)} is not zero (up to {number(largest)}): "
        "it was given their gradients",
        expected=to_json(dict.fromkeys(touched, 0.0)),
        actual=to_json(touched),
        error=finite(largest),
        mistake=mistakes.get(Symptom.DIFFERENT),
    )


def moments_close(
    check_id: str,
    seen: Seen,
    name: str,
    *under: str,
    rtol: float,
    atol: float = 0.0,
    lookalikes: Mapping[str, Leaves] | None = None,
    mistakes: Mistakes = NO_MISTAKES,
) -> Check:
    """Whether moment `name` of every leaf under the prefixes has the reference's values after the call.

    `error` is the largest difference of an entry; `lookalikes` maps ids of mistakes to moments by parameter path.
    Signs: NOT_SEEN, OTHER_TREE (a moment is missing: another optimizer), DIFFERENT.
    """
    if seen.got is None:
        return not_seen(check_id, mistakes)
    want = leaves_under(_reference_moments(seen, name), *under)
    got = moments(seen.got.state_after, name, seen.got.after)
    lacking = [path for path, leaf in want.items() if path not in got or got[path].shape != leaf.shape]
    if lacking:
        trouble = f"the optimizer keeps no {name} for {names(lacking)}: is it another optimizer?"
        return Check(id=check_id, passed=False, message=trouble, mistake=mistakes.get(Symptom.OTHER_TREE))
    error = largest_of(largest_gap(got[path], want[path]) for path in want)
    wrong = _unlike(got, want, rtol, atol)
    if not wrong:
        return Check(id=check_id, passed=True, error=error)
    named = next(
        (
            mistake
            for mistake, like in (lookalikes or {}).items()
            if set(want) <= set(like) and _unlike(like, want, rtol, atol) and not _unlike(got, like, rtol, atol, want)
        ),
        None,
    )
    return Check(
        id=check_id,
        passed=False,
        message=f"the optimizer's {name} of {names(wrong)} is {off_by(error)}",
        error=error,
        mistake=named or mistakes.get(Symptom.DIFFERENT),
    )


def steps_taken(check_id: str, seen: Seen, *, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Whether the optimizer counted as many updates as the reference's.

    `error` is the difference in steps. Signs: NOT_SEEN, NO_STEP, MORE_STEPS, FEWER_STEPS.
    """
    if seen.got is None:
        return not_seen(check_id, mistakes)
    wanted, counted = seen.steps
    if counted is None or counted == wanted:
        passed = counted is not None
        message = "" if passed else "the optimizer keeps no count of its steps: use nnx.Optimizer"
        return Check(id=check_id, passed=passed, message=message, expected=wanted, actual=counted)
    sign = Symptom.MORE_STEPS if wanted is None or counted > wanted else Symptom.FEWER_STEPS
    named = mistakes.get(Symptom.NO_STEP) if counted == 0 else None
    return Check(
        id=check_id,
        passed=False,
        message=f"the optimizer took {counted} steps, expected {wanted}",
        expected=wanted,
        actual=counted,
        error=float(abs(counted - (wanted or 0))),
        mistake=named or mistakes.get(sign),
    )


def _reference_moments(seen: Seen, name: str) -> dict[str, np.ndarray]:
    found = moments(seen.want.state_after, name, seen.want.after)
    if not found:  # the check could only pass
        raise PackageFault(f"the reference's optimizer keeps no moment called {name}")
    return found


def _unlike(got: Leaves, want: Leaves, rtol: float, atol: float, paths: Leaves | None = None) -> list[str]:
    return [
        path
        for path in (paths or want)
        if np.shape(got[path]) != np.shape(want[path])
        or not is_close(np.asarray(got[path]), np.asarray(want[path]), rtol=rtol, atol=atol).all()
    ]
