"""The report on a program that a learner tries on input of their own, where that input can't be used."""

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
