"""Finds a public case that fails as the hidden ones do, for a program that passes the samples.

What is found depends on the package, the source, and on what the report says of the failure anyway: a verdict, the name
of a check, a mistake or an exception. No hidden case and no secret has a way into this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from judge.case import Case
from judge.evidence import Evidence, Raised
from judge.grading.cause import root_check
from judge.grading.checked_run import run_checked
from judge.grading.checker import Checked, Checker
from judge.grading.decision import complete
from judge.grading.disclosure import hidden_exception
from judge.grading.jobs import job_of
from judge.limits import WALL_PER_CPU
from judge.problems.problem import Problem
from judge.sandbox import Box
from judge.verdict import CaseResult, Verdict

CPU_SECONDS = 5.0  # of the search; a usual one takes a quarter of a second
UNSEARCHED = frozenset({Verdict.ACCEPTED, Verdict.TIME_LIMIT_EXCEEDED, Verdict.JUDGE_ERROR})


@dataclass(frozen=True, kw_only=True)
class Failure:
    """The way in which a case failed, as far as a report shows it of a hidden case."""

    verdict: Verdict
    check: str = ""
    mistake: str | None = None
    exception: str = ""
    ending: str | None = None

    @classmethod
    def of(cls, problem: Problem, result: CaseResult, raised: Raised | None) -> Self:
        """Return how a case failed; `raised` is the exception that left the submission's code in it."""
        root = root_check(problem, result.checks)
        return cls(
            verdict=result.verdict,
            check=root.id if root else "",
            mistake=root.mistake if root else None,
            exception=hidden_exception(raised) if raised else "",
            ending=result.ending,
        )


@dataclass(frozen=True, kw_only=True)
class Found:
    """The first of the public cases that fails in the same way: its index, its result, and the aspects that differ."""

    index: int
    result: CaseResult
    differs: tuple[str, ...] = ()


def find(
    problem: Problem,
    source: str,
    failure: Failure,
    cases: Sequence[Case],
    expected: Sequence[Evidence],
    box: Box,
    checker: Checker,
) -> Found | None:
    """Return the first of the public `cases`, whose reference gave `expected`, that fails in the same way; or None.

    Raises SandboxFault, PackageFault.
    """
    if failure.verdict in UNSEARCHED:
        return None

    def fails_alike(checked: Checked) -> bool:
        return checked.result is not None and Failure.of(problem, checked.result, checked.raised) == failure

    cpu_seconds = min(problem.limits.cpu_seconds, CPU_SECONDS)
    limits = replace(problem.limits, cpu_seconds=cpu_seconds, wall_seconds=cpu_seconds * WALL_PER_CPU)
    job = replace(job_of(problem, source, cases, limits), visible_calls=0)
    outcome, checked = run_checked(box, job, lambda: checker.job(problem, cases, expected, source, None, fails_alike))
    results = [each.result for each in checked if each.result is not None]
    for index, each in enumerate(checked):
        if each.result is not None and fails_alike(each):
            return Found(index=index, result=each.result, differs=each.differs)
    ended = complete(cases, results, outcome)
    if len(ended) > len(results) and Failure.of(problem, ended[-1], None) == failure:
        return Found(index=len(results), result=ended[-1])
    return None
