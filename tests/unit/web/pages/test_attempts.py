"""The timeline of attempts: the mistake of each, what was fixed, and what came again."""

from dataclasses import replace

import pytest

from judge.grading.cause import UNCHANGED_STARTER
from judge.report import Report
from judge.store.records import Status, SubmissionRecord
from judge.verdict import CaseResult, Cause, CauseKind, Check, Mistake, Verdict
from judge.web.pages.attempts import mistake_of, timeline
from tests.unit.web.pages.test_fragments import stored


def attempt(number: int, verdict: Verdict, cause: str = "", *, named: str = "", check: str = "") -> SubmissionRecord:
    found = Cause(id=cause, kind=CauseKind.MISTAKE, message=f"it was {cause}") if cause else None
    checks = (Check(id=check, passed=False),) if check else ()
    report = Report(
        problem="p",
        verdict=verdict,
        cause=found,
        mistakes=(Mistake(id=named, message=named),) if named else (),
        cases=(CaseResult(name="sample-1", group="sample", verdict=verdict, checks=checks),),
    )
    record = stored(Status.DONE, report)
    return replace(record, id=str(number), summary=report.to_json()["summary"])


WRONG = attempt(1, Verdict.WRONG_ANSWER, "bias-leaks")


@pytest.mark.parametrize(
    ("later", "fixed", "repeated"),
    [
        (attempt(2, Verdict.ACCEPTED), "it was bias-leaks", ""),
        (attempt(2, Verdict.WRONG_ANSWER, "half-mse"), "it was bias-leaks", ""),
        (attempt(2, Verdict.WRONG_ANSWER, "bias-leaks"), "", "bias-leaks"),
        (attempt(2, Verdict.WRONG_ANSWER, "half-mse", named="bias-leaks"), "", ""),  # still there, behind another
        (attempt(2, Verdict.WRONG_ANSWER, "half-mse", check="bias-leaks"), "", ""),
        (attempt(2, Verdict.COMPILE_ERROR, "syntax-error"), "", ""),  # nothing ran, so nothing is known to be gone
        (attempt(2, Verdict.TIME_LIMIT_EXCEEDED, "cpu-limit"), "", ""),
        (attempt(2, Verdict.JUDGE_ERROR, "bias-leaks"), "", ""),
        (replace(attempt(2, Verdict.ACCEPTED), status=Status.RUNNING, verdict=None, report=None), "", ""),
    ],
)
def test_a_mistake_is_fixed_once_it_is_gone_from_a_program_that_ran(
    later: SubmissionRecord, fixed: str, repeated: str
) -> None:
    newest, oldest = timeline([later, WRONG], {"1": 1, "2": 2})
    assert (newest.fixed, newest.repeated, newest.number, newest.earlier) == (fixed, repeated, 2, "1")
    assert (oldest.fixed, oldest.repeated, oldest.number, oldest.earlier) == ("", "", 1, "")
    assert oldest.mistake == "it was bias-leaks"


def test_the_judges_own_fault_is_no_mistake_to_be_fixed() -> None:
    assert timeline([attempt(2, Verdict.ACCEPTED), attempt(1, Verdict.JUDGE_ERROR, "judge-failed")], {})[0].fixed == ""


def test_to_begin_writing_corrects_no_mistake() -> None:
    assert (
        timeline([attempt(2, Verdict.ACCEPTED), attempt(1, Verdict.WRONG_ANSWER, UNCHANGED_STARTER)], {})[0].fixed == ""
    )


def test_no_attempts_are_no_timeline() -> None:
    assert timeline([], {}) == []


def test_the_mistake_of_a_row_comes_from_its_summary_and_only_where_something_was_wrong() -> None:
    assert mistake_of(WRONG) == "it was bias-leaks"
    assert mistake_of(replace(WRONG, summary=None)) == ""
    assert mistake_of(replace(WRONG, verdict=Verdict.ACCEPTED)) == ""
    assert mistake_of(replace(WRONG, verdict=None)) == ""
