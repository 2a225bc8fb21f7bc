"""The report in the OpenAPI document: every field is described, and reports are valid by it."""

import json
from dataclasses import fields

import jsonschema_rs
import pytest
from fastapi import FastAPI

from judge.provenance import Provenance
from judge.reasons import Handover, HandoverId, Omission, OmissionId
from judge.report import Report, Summary
from judge.store.lazy_json import LazyJson
from judge.verdict import CaseResult, Cause, CauseKind, Check, Leaf, Mistake, Verdict, VerdictOutcome
from judge.web.report_schema import FIELDS, ReportJson
from judge.web.routes import submissions
from judge.web.submission_response import submission_json
from tests.helpers.report_validator import report_validator

CLASSES = [ReportJson, CaseResult, Check, Mistake, Provenance, Summary, VerdictOutcome, Cause, Leaf, Handover, Omission]
CHECK = Check(
    id="moved", passed=False, message="no", expected=[0.5, "nan"], actual={"a": None}, error=0.5, mistake="late"
)
CASE = CaseResult(
    name="sample-1",
    group="sample",
    verdict=Verdict.WRONG_ANSWER,
    message="no",
    time_ms=1.5,
    checks=(CHECK,),
    inputs={"x": [1, 2]},
    leaves=(Leaf(path="l1", shape=(2,), change=0.5),),
)
REPORT = Report(
    problem="twice",
    verdict=Verdict.WRONG_ANSWER,
    score=0.5,
    message="no",
    cause=Cause(id="late", kind=CauseKind.MISTAKE, message="too late", line=3, case="sample-1", explains=("moved",)),
    mistakes=(Mistake(id="late", message="too late", hint="earlier"),),
    cases=(CASE, CaseResult(name="hidden-1", group="hidden", verdict=Verdict.ACCEPTED)),
    cases_total=2,
    traceback="Traceback ...",
    line=3,
    stdout="out",
    stderr="err",
    time_ms=1.5,
    cpu_ms=1.0,
    memory_mb=2.0,
    lane="full",
    handed_over=Handover(id=HandoverId.PROGRAM, message="it forked"),
    omitted=(Omission(id=OmissionId.CASES, message="the last 3 cases"),),
    provenance=Provenance(package="sha256:0", sandbox=("seccomp",), hidden_seed="server"),
)
TAKEN = dict.fromkeys(
    "submitter position retry_at started finished verdict score summary time_ms memory_mb lane worker reason "
    "source".split()
) | {
    "id": "1",
    "url": "/submissions/1",
    "problem": "twice",
    "readable": True,
    "status": "done",
    "attempts": 1,
    "faults": 0,
    "priority": "batch",
    "seed": 0,
    "samples_only": False,
    "own_input": False,
    "created": "2026-01-01T00:00:00Z",
    "shared": False,
}


@pytest.fixture(scope="module")
def openapi() -> dict:
    app = FastAPI()
    app.include_router(submissions.router)
    return json.loads(json.dumps(app.openapi()))


@pytest.mark.parametrize("class_", CLASSES)
def test_the_document_describes_every_field_of_a_report(openapi, class_) -> None:
    properties = openapi["components"]["schemas"][class_.__name__]["properties"]
    assert list(properties) == [each.name for each in fields(class_)]
    assert {name: member["description"] for name, member in properties.items()} == FIELDS[class_]


def test_a_full_submission_refers_to_the_report(openapi) -> None:
    for name in ("FullSubmissionOut", "TakenSubmissionOut"):
        report = openapi["components"]["schemas"][name]["properties"]["report"]
        assert report["anyOf"] == [{"$ref": "#/components/schemas/Report"}, {"type": "null"}]


@pytest.mark.parametrize("report", [REPORT, Report(problem="twice", verdict=Verdict.JUDGE_ERROR)], ids=["all", "least"])
def test_a_report_is_valid_by_the_document(openapi, report) -> None:
    report_validator(openapi).validate(json.loads(json.dumps(report.to_json())))


@pytest.mark.parametrize("wrong", [{"verdict": "maybe"}, {"line": "3"}, {"cases": [{"name": "sample-1"}]}])
def test_another_report_is_not(openapi, wrong) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        report_validator(openapi).validate(json.loads(json.dumps({**REPORT.to_json(), **wrong})))


def test_the_report_is_sent_as_the_text_that_is_stored() -> None:
    stored = '{"verdict":"accepted",  "of an older version": [1.50, 1e3]}'
    text = submission_json({**TAKEN, "report": LazyJson(stored)})
    assert text.endswith(f'"report":{stored}}}')
    assert submission_json({**TAKEN, "report": None}).endswith('"report":null}')
    assert "report" not in json.loads(submission_json(TAKEN))
