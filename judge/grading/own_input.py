"""The report on a program that a learner tries on input of their own, where that input can't be used."""

from collections.abc import Callable
from dataclasses import replace

from judge.case import SAMPLE
from judge.grading.report import provenance
from judge.own_input import OWN
from judge.problems.own_input import InputRefused
from judge.problems.problem import Problem
from judge.report import Report
from judge.verdict import CaseResult, Cause, CauseKind, Verdict

ID = "input-not-usable"
HINT = "Change the input: begin with a sample, or name another seed."


def refused_report(problem: Problem, refused: InputRefused) -> Report:
    """Return the report for input that the problem's function, or its reference, does not take; nothing was run."""
    name, message = f"{OWN}-1", str(refused)
    case = CaseResult(name=name, group=SAMPLE, verdict=Verdict.RUNTIME_ERROR, message=message)
    return Report(
        problem=problem.slug,
        verdict=Verdict.RUNTIME_ERROR,
        score=0.0,
        message=f"your program was not run: {message}",
        cause=Cause(id=ID, kind=CauseKind.ENDING, message=message, hint=HINT, case=name),
        cases=(case,),
        cases_total=1,
        provenance=provenance(problem.digest, 0, (), problem.seed_kind(0)),
    )


def settled(report: Report, of_reference: Callable[[], Report]) -> Report:
    """Return `report` on input of a learner's own, without a verdict on the program where the reference fails as well.

    On some input, as on a learning rate of 1e308, no result passes the checks. `of_reference` judges the reference.
    """
    wrong = _wrong(report)
    failing = _wrong(of_reference()) if wrong else {}
    if not wrong.keys() & failing.keys():
        return report
    first = next(name for name in wrong if name in failing)
    message = f"{first}: there is nothing to compare with: the reference's own result fails: {failing[first].message}"
    return replace(
        report,
        verdict=Verdict.RUNTIME_ERROR,
        message=message,
        cause=Cause(id=ID, kind=CauseKind.ENDING, message=message, hint=HINT, case=first),
        mistakes=(),
        cases=tuple(_unchecked(case) if case.name in failing else case for case in report.cases),
        reproduction=None,
    )


def _wrong(report: Report) -> dict[str, CaseResult]:
    return {case.name: case for case in report.cases if case.verdict is Verdict.WRONG_ANSWER}


def _unchecked(case: CaseResult) -> CaseResult:
    message = "the reference's own result fails"
    return replace(case, verdict=Verdict.RUNTIME_ERROR, message=message, checks=(), leaves=())
