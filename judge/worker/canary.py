"""The self-test of a worker ("canary"): it judges two submissions whose verdicts are known.

A worker whose JAX is broken or whose box does not close would call every submission wrong. So before it accepts jobs,
and every few minutes, the reference of a problem must be accepted on its samples, and its unfinished starter must not
be. That is enough to see all of that, and takes a third of the time that all cases do.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from judge.grading.reference_queue import ReferencePending
from judge.problems.catalog import Catalog
from judge.problems.problem import Problem
from judge.report import Report
from judge.submission import Submission
from judge.verdict import Json, Verdict
from judge.worker.grader import SubmissionGrader

REFERENCE_SECONDS = 60.0  # that a checkup waits for a reference's values, in case they were lost


@dataclass(frozen=True, kw_only=True)
class Checkup:
    """The result of one self-test: `fault` is empty if it passed; `about` is the provenance of its report."""

    fault: str
    about: dict[str, Json]


class Canary:
    """Chooses the problem of each self-test: the next one after as many as there are slots.

    So all slots begin with the same problem, the one whose boxes are ready first.
    """

    def __init__(self, catalog: Catalog, slots: int) -> None:
        self._catalog, self._slots = catalog, slots
        self._problems: list[Problem] = []  # in the order of their self-tests, once the first one is asked for
        self._turn = 0

    def next_checkup(self, grader: SubmissionGrader, slot: int) -> Callable[[], Checkup]:
        """Return the blocking work of one self-test, for the thread of `slot`."""
        problems = self._problems
        if not problems:
            first = grader.first()
            problems[:] = sorted(self._catalog.problems(), key=lambda problem: problem.slug != first)
        if not problems:
            return lambda: Checkup(
                fault=f"no problem is installed in {', '.join(map(str, self._catalog.dirs))}", about={}
            )
        problem = problems[self._turn // self._slots % len(problems)]
        self._turn += 1
        return lambda: check(grader, problem, slot)


def check(grader: SubmissionGrader, problem: Problem, slot: int) -> Checkup:
    """Judge the reference and the starter of `problem` in `slot`. Raises SandboxFault."""
    right = _grade(grader, Submission(problem=problem.slug, source=problem.reference), slot)
    fault = _fault_of_right(right)
    if not fault:
        wrong = _grade(grader, Submission(problem=problem.slug, source=problem.starter), slot)
        fault = _fault_of_wrong(wrong)
    report = right.to_json()
    return Checkup(fault=f"{problem.slug}: {fault}" if fault else "", about=dict(report["provenance"]))


def _grade(grader: SubmissionGrader, submission: Submission, slot: int) -> Report:
    deadline = time.monotonic() + REFERENCE_SECONDS
    while True:
        try:
            return grader.grade(submission, slot=slot, samples_only=True)
        except ReferencePending as pending:
            if time.monotonic() > deadline:
                raise
            time.sleep(pending.seconds)


def _fault_of_right(report: Report) -> str:
    if report.verdict is Verdict.ACCEPTED:
        return ""
    return f"the reference got {report.verdict}: {report.message}"


def _fault_of_wrong(report: Report) -> str:
    if report.verdict is Verdict.ACCEPTED:
        return "the unfinished starter was accepted"
    return f"the starter could not be judged: {report.message}" if report.verdict is Verdict.JUDGE_ERROR else ""
