"""A report is the same after a journey through JSON."""

import json
from dataclasses import replace

import pytest
from hypothesis import given

from judge.reasons import Handover, HandoverId, Omission, OmissionId
from judge.report import SCHEMA, Report
from judge.verdict import CaseResult, Cause, CauseKind, Fault, Verdict
from tests.helpers.draw_reports import reports

EXAMPLE = Report(
    problem="p",
    verdict=Verdict.WRONG_ANSWER,
    score=0.5,
    cause=Cause(id="late", kind=CauseKind.MISTAKE, message="too late"),
    cases=(CaseResult(name="sample-1", group="sample", verdict=Verdict.WRONG_ANSWER),),
    cases_total=1,
)


@given(reports)
def test_a_report_survives_json(report: Report) -> None:
    again = Report.from_json(json.loads(json.dumps(report.to_json())))
    assert again == (replace(report, score=None) if report.verdict is Verdict.JUDGE_ERROR else report)


@given(reports)
def test_the_summary_comes_first_and_is_short(report: Report) -> None:
    data = report.to_json()
    assert list(data)[:3] == ["schema", "summary", "outcome"]
    for each in ("m", "\n", "\U0001f600"):
        text = each * 9999
        long = (
            replace(report, cause=replace(report.cause, message=text, hint=text, proof=text))
            if (report.cause)
            else replace(report, message=text)
        )
        assert len(json.dumps(long.to_json()["summary"])) < 1500
    assert data["summary"]["passed"] <= max(data["summary"]["total"], len(report.cases))


def test_a_newer_minor_version_is_read_and_another_major_one_is_not() -> None:
    data = json.loads(json.dumps(EXAMPLE.to_json()))
    major = SCHEMA.partition(".")[0]
    newer = {**data, "schema": f"{major}.999", "added": 1, "cases": [{**data["cases"][0], "added": 2}]}
    assert Report.from_json(newer) == EXAMPLE
    with pytest.raises(ValueError, match="this judge reads"):
        Report.from_json({**data, "schema": f"{int(major) + 1}.0"})


def test_a_report_from_before_there_were_versions_is_read() -> None:
    data = json.loads(json.dumps(EXAMPLE.to_json()))
    for added in ("schema", "summary", "outcome", "cause"):
        del data[added]
    for added in ("ending",):
        del data["cases"][0][added]
    assert Report.from_json(data) == replace(EXAMPLE, cause=None)
    failed = Report.from_json({**data, "verdict": "judge_error", "score": 0.0})
    assert failed.score is None


def test_sentences_from_before_there_were_ids_are_read() -> None:
    data = {**EXAMPLE.to_json(), "handed_over": "it forked", "omitted": ["all cases but the first"]}
    old = Report.from_json(json.loads(json.dumps(data)))
    assert old.handed_over == Handover(id=HandoverId.OTHER, message="it forked")
    assert old.omitted == (Omission(id=OmissionId.OTHER, message="all cases but the first"),)
    assert Report.from_json({**data, "handed_over": ""}).handed_over is None


def test_an_id_that_a_newer_minor_version_added_is_another_reason() -> None:
    newer = {"id": "added", "message": "m", "more": 1}
    read = Report.from_json({**EXAMPLE.to_json(), "handed_over": newer, "omitted": [newer]})
    assert read.handed_over == Handover(id=HandoverId.OTHER, message="m")
    assert read.omitted == (Omission(id=OmissionId.OTHER, message="m"),)


@pytest.mark.parametrize("verdict", Verdict)
def test_the_outcome_says_whose_fault_it_was(verdict: Verdict) -> None:
    outcome = Report(problem="p", verdict=verdict).outcome
    judge = verdict is Verdict.JUDGE_ERROR
    assert (outcome.retry, outcome.attempt) == (judge, not judge)
    assert (outcome.fault is Fault.NONE) == (verdict is Verdict.ACCEPTED)
    assert (outcome.fault is Fault.JUDGE) == judge
