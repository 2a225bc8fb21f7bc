"""The parts of the exam that grade nothing: the statement's text, and the cases."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from judge.case import HIDDEN, Case
from judge.errors import PackageFault
from judge.evidence import Value
from judge.exam.report import Finding, Part
from judge.problems.problem import Problem, fault_of_statement

OTHER_SEEDS = (1, 2, 3)  # hidden cases are drawn anew for rejudging and research: any seed has to work


def examine_texts(problem: Problem) -> Iterator[Finding]:
    """Check that the statement contains the signature, as starter and reference do (the loader checked those)."""
    fault = fault_of_statement(problem.statement, problem.signature)
    message = f"statement.md {fault}" if fault else ""
    yield Finding(part=Part.TEXTS, subject="signature", passed=not fault, message=message)


def examine_cases(problem: Problem) -> Iterator[Finding]:
    """Check that no hidden case repeats another case, and that other seeds give cases too."""
    for seed in (0, *OTHER_SEEDS):
        subject = f"seed {seed or problem.manifest.seed}"
        try:
            cases = problem.cases(seed)
        except PackageFault as fault:
            yield Finding(part=Part.CASES, subject=subject, passed=False, message="; ".join(fault.faults))
            continue
        repeats = list(_repeats(cases))
        yield Finding(part=Part.CASES, subject=subject, passed=not repeats, message="; ".join(repeats))


def _repeats(cases: Sequence[Case]) -> Iterator[str]:
    seen: dict[Any, Case] = {}
    for case in cases:
        first = seen.setdefault(_key(case.inputs), case)
        if first is not case and case.group == HIDDEN:
            yield (
                f"{case.name} equals {first.name}: a program that only knows "
                f"{'the samples' if first.group != HIDDEN else first.name} passes it"
            )


def _key(value: Value) -> Any:
    """Return a hashable stand-in for `value`, equal for equal values of equal types only."""
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, list | tuple):
        return (type(value).__name__, *map(_key, value))
    if isinstance(value, Mapping):
        return tuple((name, _key(each)) for name, each in value.items())
    return (type(value).__name__, repr(value))
