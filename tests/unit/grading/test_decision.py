"""The verdict of an exception, of a job that ended early, and of a whole submission."""

import pytest

from judge.case import HIDDEN, SAMPLE, Case
from judge.evidence import Raised
from judge.grading.decision import VERDICTS, Decision, complete, decide, verdict_of
from judge.sandbox.box import Ending, Outcome
from judge.verdict import CaseResult, Verdict

CASES = [
    Case(name=name, group=name.split("-")[0], inputs={}) for name in ("sample-1", "sample-2", "hidden-1", "hidden-2")
]
ERROR = Raised(type_name="ValueError", message="no", line=3)
FINISHED = Outcome(ending=Ending.FINISHED)


def results(*verdicts: Verdict) -> list[CaseResult]:
    pairs = zip(CASES, verdicts, strict=False)
    return [CaseResult(name=case.name, group=case.group, verdict=verdict) for case, verdict in pairs]


def decision(outcome: Outcome, *verdicts: Verdict, raised: tuple[Raised | None, ...] = ()) -> Decision:
    return decide(complete(CASES, results(*verdicts), outcome), raised, outcome)


OK, WRONG = Verdict.ACCEPTED, Verdict.WRONG_ANSWER


@pytest.mark.parametrize(
    ("type_name", "message", "verdict"),
    [
        ("ValueError", "no", "runtime_error"),
        ("MemoryError", "", "memory_limit_exceeded"),
        ("XlaRuntimeError", "RESOURCE_EXHAUSTED: Out of memory allocating 8 bytes", "memory_limit_exceeded"),
        ("TooLarge", "the result has 9 MB", "output_limit_exceeded"),
        ("MyMemoryError", "full", "runtime_error"),
    ],
)
def test_an_exception_has_a_verdict_by_its_name_or_xla_s_words(type_name: str, message: str, verdict: str) -> None:
    assert verdict_of(Raised(type_name=type_name, message=message)) == verdict


def test_every_ending_but_a_whole_run_and_a_handed_over_one_has_a_verdict() -> None:
    assert set(Ending) - set(VERDICTS) == {Ending.FINISHED, Ending.HANDED_OVER}
    assert Verdict.ACCEPTED not in VERDICTS.values()
    assert Verdict.JUDGE_ERROR not in VERDICTS.values()


def test_all_cases_accepted_is_accepted() -> None:
    assert decision(FINISHED, OK, OK, OK, OK) == Decision(verdict=OK)


def test_the_first_case_that_is_not_accepted_decides() -> None:
    found = decision(FINISHED, OK, WRONG, Verdict.RUNTIME_ERROR, WRONG, raised=(None, None, ERROR, None))
    assert found.verdict is WRONG
    assert found.first is not None
    assert found.first.name == "sample-2"
    assert found.raised is None  # that of a later case explains nothing


def test_the_exception_of_the_deciding_case_explains_the_verdict() -> None:
    found = decision(FINISHED, OK, Verdict.RUNTIME_ERROR, WRONG, WRONG, raised=(None, ERROR, None, None))
    assert (found.verdict, found.raised) == (Verdict.RUNTIME_ERROR, ERROR)


@pytest.mark.parametrize(
    "ending", [each for each in VERDICTS if each not in (Ending.NOT_LOADED, Ending.RAISED_AT_LOAD)]
)
def test_a_job_that_ended_early_has_a_result_for_the_case_it_ended_in(ending: Ending) -> None:
    outcome = Outcome(ending=ending, detail="how it ended")
    completed = complete(CASES, results(OK, OK), outcome)
    assert [each.name for each in completed] == ["sample-1", "sample-2", "hidden-1"]
    assert (completed[-1].group, completed[-1].verdict, completed[-1].message) == (
        HIDDEN,
        VERDICTS[ending],
        "how it ended",
    )
    assert decision(outcome, OK, OK) == Decision(verdict=VERDICTS[ending], first=completed[-1])


def test_a_wrong_case_before_the_end_of_a_job_decides() -> None:
    found = decision(Outcome(ending=Ending.CPU_LIMIT, detail="too slow"), WRONG)
    assert found.verdict is WRONG
    assert found.first is not None
    assert found.first.group == SAMPLE


def test_an_end_after_the_last_reply_changes_nothing() -> None:
    assert decision(Outcome(ending=Ending.EXITED, detail="late"), OK, OK, OK, OK) == Decision(verdict=OK)


def test_no_result_is_added_where_the_source_did_not_load() -> None:
    assert complete(CASES, [], Outcome(ending=Ending.NOT_LOADED, raised=ERROR)) == ()


@pytest.mark.parametrize(
    ("ending", "type_name", "verdict"),
    [
        (Ending.NOT_LOADED, "SyntaxError", "compile_error"),
        (Ending.RAISED_AT_LOAD, "ZeroDivisionError", "runtime_error"),
        (Ending.RAISED_AT_LOAD, "MemoryError", "memory_limit_exceeded"),
        (Ending.NOT_LOADED, "MemoryError", "memory_limit_exceeded"),
    ],
)
def test_a_source_that_does_not_load_is_judged_by_its_exception_or_by_how_it_failed(ending, type_name, verdict) -> None:
    raised = Raised(type_name=type_name, message="m")
    assert decision(Outcome(ending=ending, raised=raised)) == Decision(verdict=Verdict(verdict), raised=raised)
