"""Checks of facts that the box measured: inputs left unchanged, random streams used, traces, a run under jit.

A fact is a small claim in `Evidence.facts`. Where problem.toml's `[runtime] facts` does not ask for it, PackageFault is
raised.
"""

from collections.abc import Mapping
from typing import Any, TypeGuard

from judge.checking.phrases import MAX_NAMES, names
from judge.errors import PackageFault
from judge.evidence import Evidence, Value
from judge.inside.measurement_names import INPUTS_CHANGED, JIT, RNG_STREAMS, TRACES
from judge.jsonable import to_json
from judge.verdict import Check


def inputs_unchanged(check_id: str, expected: Evidence, actual: Evidence, *, mistake: str | None = None) -> Check:
    """Check that the call left its arguments as they were. `actual` lists the names of those that it changed."""
    changed = _fact(expected, actual, INPUTS_CHANGED)
    if not isinstance(changed, list | tuple) or not all(isinstance(name, str) for name in changed):
        return _unmeasured(check_id, INPUTS_CHANGED)
    message = f"the call changed its input {names(changed)}: work on a copy" if changed else ""
    return Check(
        id=check_id,
        passed=not changed,
        message=message,
        expected=[],
        actual=to_json(list(changed)),
        mistake=mistake if changed else None,
    )


def rng_streams(check_id: str, expected: Evidence, actual: Evidence, *, mistake: str | None = None) -> Check:
    """Check that as many keys were drawn from each random stream as the reference draws."""
    want, got = expected.facts.get(RNG_STREAMS), _fact(expected, actual, RNG_STREAMS)
    if not _are_counts(got) or not _are_counts(want):
        return _unmeasured(check_id, RNG_STREAMS)
    wrong = [name for name in sorted({*want, *got}) if want.get(name, 0) != got.get(name, 0)]
    message = "; ".join(
        f"stream {names([name])}: {got.get(name, 0)} keys drawn, expected {want.get(name, 0)}"
        for name in wrong[:MAX_NAMES]
    )
    return Check(
        id=check_id,
        passed=not wrong,
        message=message,
        expected=to_json(want),
        actual=to_json(got),
        mistake=mistake if wrong else None,
    )


def no_retrace(
    check_id: str, expected: Evidence, actual: Evidence, *, at_most: int = 0, mistake: str | None = None
) -> Check:
    """Check that a second call with inputs of the same shapes traces at most `at_most` functions anew."""
    traces = _fact(expected, actual, TRACES)
    if not isinstance(traces, int) or isinstance(traces, bool):
        return _unmeasured(check_id, TRACES)
    passed = traces <= at_most
    message = f"a second call with the same shapes was traced {traces} times anew: build the jit only once"
    return Check(
        id=check_id,
        passed=passed,
        message="" if passed else message,
        expected=at_most,
        actual=traces,
        error=float(max(traces - at_most, 0)),
        mistake=None if passed else mistake,
    )


def jit_compatible(check_id: str, expected: Evidence, actual: Evidence, *, mistake: str | None = None) -> Check:
    """Check that the entry point can be called under jax.jit."""
    outcome = _fact(expected, actual, JIT)
    passed = outcome is True
    reason = outcome if isinstance(outcome, str) else "no reason was given"
    return Check(
        id=check_id,
        passed=passed,
        message="" if passed else f"the function cannot be traced by jax.jit: {to_json(reason)}",
        expected=True,
        actual=to_json(outcome),
        mistake=None if passed else mistake,
    )


def _fact(expected: Evidence, actual: Evidence, name: str) -> Any:
    # The reference's reply decides whether the problem asks for the fact: a submission's own box may leave it out.
    if name not in expected.facts:
        raise PackageFault(f'a check needs the fact "{name}": list it under [runtime] facts in problem.toml')
    return actual.facts.get(name)


def _are_counts(value: Value) -> TypeGuard[Mapping[str, int]]:
    return isinstance(value, Mapping) and all(type(count) is int for count in value.values())


def _unmeasured(check_id: str, name: str) -> Check:
    return Check(id=check_id, passed=False, message=f'the fact "{name}" was not reported in the expected form')
