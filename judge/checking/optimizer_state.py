"""Checks of an optimizer's own state: the moments that it keeps for each parameter, and its count of steps."""

from collections.abc import Mapping

import numpy as np

from judge.checking.arrays import largest_gap, largest_of
from judge.checking.failure import failed
from judge.checking.lookalikes import all_close, named_by_lookalike
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
    """Return the leaves of an optimizer's state that hold moment `name` ("mu", "nu", "trace"), by parameter path.

    They are found by the end of their path, `...mu.l1.kernel`, so it does not matter how deep the state is wrapped.
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
    """Check that moment `name` of every leaf under the prefixes is exactly zero after the call, or not kept at all.

    So it is for a leaf whose gradient was zero at every step. `error` is the largest entry.
    Symptoms: NOT_SEEN, DIFFERENT.
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
    return failed(
        check_id,
        f"the optimizer's {name} of {names(touched)} is not zero (up to {number(largest)}): "
        "it was given their gradients",
        Symptom.DIFFERENT,
        mistakes,
        expected=to_json(dict.fromkeys(touched, 0.0)),
        actual=to_json(touched),
        error=finite(largest),
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
    """Check that moment `name` of every leaf under the prefixes has the reference's values after the call.

    `error` is the largest difference of an entry; `lookalikes` maps ids of mistakes to moments by parameter path.
    Symptoms: NOT_SEEN, OTHER_TREE (a moment is missing: another optimizer), LOOKALIKE, DIFFERENT.
    """
    if seen.got is None:
        return not_seen(check_id, mistakes)
    want = leaves_under(_reference_moments(seen, name), *under)
    got = moments(seen.got.state_after, name, seen.got.after)
    lacking = [path for path, leaf in want.items() if path not in got or got[path].shape != leaf.shape]
    if lacking:
        message = f"the optimizer keeps no {name} for {names(lacking)}: is it another optimizer?"
        return failed(check_id, message, Symptom.OTHER_TREE, mistakes)
    error = largest_of(largest_gap(got[path], want[path]) for path in want)
    wrong = [path for path, leaf in want.items() if not all_close(got, {path: leaf}, rtol=rtol, atol=atol)]
    if not wrong:
        return Check(id=check_id, passed=True, error=error)
    return failed(
        check_id,
        f"the optimizer's {name} of {names(wrong)} is {off_by(error)}",
        Symptom.DIFFERENT,
        mistakes,
        named=named_by_lookalike(got, want, lookalikes, rtol=rtol, atol=atol),
        error=error,
    )


def steps_taken(check_id: str, seen: Seen, *, mistakes: Mistakes = NO_MISTAKES) -> Check:
    """Check that the optimizer counted as many updates as the reference's.

    `error` is the difference in steps. Symptoms: NOT_SEEN, NO_STEP, MORE_STEPS, FEWER_STEPS.
    """
    if seen.got is None:
        return not_seen(check_id, mistakes)
    wanted, counted = seen.steps
    if counted is None or counted == wanted:
        passed = counted is not None
        message = "" if passed else "the optimizer keeps no count of its steps: use nnx.Optimizer"
        return Check(id=check_id, passed=passed, message=message, expected=wanted, actual=counted)
    return failed(
        check_id,
        f"the optimizer took {counted} steps, expected {wanted}",
        Symptom.MORE_STEPS if wanted is None or counted > wanted else Symptom.FEWER_STEPS,
        mistakes,
        named=mistakes.get(Symptom.NO_STEP) if counted == 0 else None,
        expected=wanted,
        actual=counted,
        error=float(abs(counted - (wanted or 0))),
    )


def _reference_moments(seen: Seen, name: str) -> dict[str, np.ndarray]:
    found = moments(seen.want.state_after, name, seen.want.after)
    if not found:  # the check could only pass
        raise PackageFault(f"the reference's optimizer keeps no moment called {name}")
    return found
