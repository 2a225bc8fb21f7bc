"""Adds to a report what a learner can run: a public case that fails, and its arguments as Python text."""

import builtins
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from judge.case import SAMPLE, Case
from judge.errors import PackageFault
from judge.evidence import Evidence
from judge.grading.checker import Checked, Checker
from judge.grading.counterexample import Failure, find
from judge.problems.problem import Problem
from judge.report import Report
from judge.reproduction.calls import expected_call
from judge.reproduction.literals import NoLiteral, literal
from judge.reproduction_record import Reproduction
from judge.sandbox import Box
from judge.verdict import CaseResult, Cause, CauseKind, Verdict

LITERAL_CHARACTERS = 16_000  # of the arguments, and of what is expected, each
REPRODUCED = frozenset({Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR})  # what has no limits of the judge's to do with it
HERE_ALONE = (OSError, ImportError, MemoryError)  # another machine has files, packages and memory, and need not raise
PublicCases: TypeAlias = Callable[[], tuple[Sequence[Case], Sequence[Evidence]]]  # with what the reference gives


@dataclass(frozen=True, kw_only=True)
class Run:
    """The run that a report is about: the program, its cases, what was expected, and what was found."""

    problem: Problem
    source: str
    cases: Sequence[Case]
    expected: Sequence[Evidence]
    checked: Sequence[Checked]


def with_public_case(report: Report, run: Run, box: Box, checker: Checker, public_cases: PublicCases | None) -> Report:
    """Return `report` with a reproduction of the failing sample or, where there is none, of a counterexample.

    The counterexample is looked for among `public_cases`, unless that is None. Raises SandboxFault, ReferencePending.
    """
    index = _failing(report)
    if index is None:
        return report
    result, checked = report.cases[index], run.checked[index] if index < len(run.checked) else Checked()
    if result.group == SAMPLE:
        made = _reproduction(run.problem, run.cases[index], run.expected[index], result, checked.differs)
        return replace(report, reproduction=made)
    if public_cases is None:
        return report
    with suppress(PackageFault):  # the reference fails on a public case, and the verdict stands
        cases, expected = public_cases()
        failure = Failure.of(run.problem, result, checked.raised)
        if found := find(run.problem, run.source, failure, cases, expected, box, checker):
            at = found.index
            made = _reproduction(run.problem, cases[at], expected[at], found.result, found.differs)
            return replace(
                report, cause=_with_hint(report.cause, found.result), counterexample=found.result, reproduction=made
            )
    return report


def _with_hint(cause: Cause | None, public: CaseResult) -> Cause | None:
    """Return the cause with what the public case says, where it is an exception of a hidden case: a name alone."""
    if cause is None or cause.kind is not CauseKind.EXCEPTION or cause.hint:
        return cause
    return replace(cause, hint=f"In {public.name} it is {public.message}.")


def _failing(report: Report) -> int | None:
    """Return the index of the case that the cause was seen in, or of the first that failed; None without one."""
    failing = [index for index, case in enumerate(report.cases) if case.verdict is not Verdict.ACCEPTED]
    if not failing or report.cause is None:
        return None
    first = report.cases[failing[0]]
    named = (index for index in failing if report.cases[index].name == report.cause.case)
    return next(named, failing[0]) if first.group != SAMPLE else failing[0]


def _reproduction(
    problem: Problem, case: Case, expected: Evidence, result: CaseResult, differs: Sequence[str]
) -> Reproduction | None:
    """Return the case as text; None where nothing differs that another machine could see, or the text is too long."""
    compared = tuple(differs) if result.verdict is Verdict.WRONG_ANSWER else ("result",)
    raised = getattr(builtins, result.message.partition(":")[0], None)
    here_alone = result.ending is not None or (isinstance(raised, type) and issubclass(raised, HERE_ALONE))
    if result.verdict not in REPRODUCED or not compared or here_alone:
        return None
    call = expected_call(expected, with_model=compared != ("result",))
    try:
        return Reproduction(
            entry=problem.entry,
            case=case.name,
            arguments=literal(tuple(case.inputs[name] for name in problem.parameters), LITERAL_CHARACTERS),
            expected=literal(call, LITERAL_CHARACTERS),
            compared=compared,
        )
    except NoLiteral:
        return None
