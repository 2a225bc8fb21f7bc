"""Verdicts as sentences for assistive technology."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from judge.report import Report
from judge.store.records import Status, SubmissionRecord
from judge.verdict import CaseResult, Cause, CauseKind, Verdict
from judge.web.pages.announcement import MOST_REASON_CHARACTERS, announcement, headline
from judge.web.pages.view import ResultView, result_view


def view_of(status: Status, report: Report | None = None, *, samples_only: bool = False) -> ResultView:
    record = SubmissionRecord(
        id="id", problem="p", submitter="browser:x", status=status, judging_id="j", attempts=1, priority=1, tag=1,
        seed=0, samples_only=samples_only, created=datetime(2026, 3, 1, tzinfo=UTC), started=None, finished=None,
        verdict=str(report.verdict) if report else None, score=None, time_ms=None, memory_mb=None, lane=None,
        worker=None, reason="", source="x", report=report.to_json() if report else None,
    )  # fmt: skip
    return result_view(record)


def judged(verdict: Verdict, *cases: Verdict, message: str = "") -> Report:
    results = tuple(
        CaseResult(name=f"sample-{at}", group="sample", verdict=each, time_ms=1.0) for at, each in enumerate(cases)
    )
    cause = Cause(id="c", kind=CauseKind.MISTAKE, message=message) if message else None
    return Report(problem="p", verdict=verdict, cases=results, cases_total=len(cases), cause=cause)


WRONG, RIGHT = Verdict.WRONG_ANSWER, Verdict.ACCEPTED


def test_a_wrong_answer_is_its_count_and_its_cause() -> None:
    report = judged(WRONG, RIGHT, WRONG, WRONG, message="`l1.bias` moved\nby 0.5")
    assert announcement(view_of(Status.DONE, report)) == "Wrong answer: 1 of 3 cases passed. l1.bias moved by 0.5."


def test_accepted_is_its_count() -> None:
    assert announcement(view_of(Status.DONE, judged(RIGHT, RIGHT, RIGHT))) == "Accepted: 2 of 2 cases passed."


def test_samples_are_not_announced_as_accepted() -> None:
    view = view_of(Status.DONE, judged(RIGHT, RIGHT), samples_only=True)
    assert announcement(view) == "Samples passed: 1 of 1 cases passed."
    assert headline(view_of(Status.DONE, judged(WRONG, WRONG), samples_only=True)) == "Wrong answer"


def test_what_never_ran_has_no_count() -> None:
    report = judged(Verdict.COMPILE_ERROR, message="SyntaxError: invalid syntax (line 3)")
    assert announcement(view_of(Status.DONE, report)) == "Compile error. SyntaxError: invalid syntax (line 3)."


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING])
def test_nothing_is_announced_while_the_verdict_is_awaited(status: Status) -> None:
    assert announcement(view_of(status)) == ""


def test_a_report_that_may_not_be_read_and_a_stopped_one_are_their_one_word() -> None:
    unreadable = replace(view_of(Status.DONE, judged(WRONG, WRONG)), report_object=None)
    assert announcement(unreadable) == "Wrong answer."
    assert announcement(view_of(Status.CANCELLED)) == "Stopped."


@pytest.mark.parametrize("length", [MOST_REASON_CHARACTERS, MOST_REASON_CHARACTERS + 1])
def test_a_long_cause_is_cut_at_a_word(length: int) -> None:
    message = ("word " * length)[:length]
    text = announcement(view_of(Status.DONE, judged(WRONG, WRONG, message=message.strip())))
    assert len(text) <= len("Wrong answer: 0 of 1 cases passed. ") + MOST_REASON_CHARACTERS + 2
    kept = text.partition("passed. ")[2]
    assert kept.startswith("word word")
    assert kept.endswith("word …") == (len(message.strip()) > MOST_REASON_CHARACTERS)


def test_characters_that_hide_are_shown() -> None:
    report = judged(WRONG, WRONG, message="a\u202eb")
    assert "a\\u202eb" in announcement(view_of(Status.DONE, report))
