"""The JSON Schemas that are shipped: today's is as generated, and breaks nothing that an older minor version promised.

uv run python -m tests.helpers.write_examples       writes today's
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given

import judge
from judge.report import SCHEMA, Report
from judge.web.report_schema import FILE, report_schema
from tests.helpers.draw_reports import reports
from tests.helpers.schema_changes import breaking_changes

FOLDER = Path(judge.__file__).parent / "schemas"
TODAY = report_schema()
VALIDATOR = jsonschema_rs.validator_for(TODAY)


def test_todays_schema_is_shipped_as_it_is_generated() -> None:
    assert json.loads((FOLDER / FILE).read_text(encoding="utf-8")) == TODAY
    assert TODAY["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_no_minor_version_breaks_one_before_it() -> None:
    major = SCHEMA.partition(".")[0]
    before = [path for path in FOLDER.glob(f"report-{major}.*.json") if path.name != FILE]
    assert {path.name: breaking_changes(json.loads(path.read_text()), TODAY) for path in before} == {
        path.name: [] for path in before
    }


@given(reports)
def test_every_report_is_valid_by_it(report: Report) -> None:
    VALIDATOR.validate(json.loads(json.dumps(report.to_json())))


def removed(schema: dict[str, Any]) -> None:
    del schema["properties"]["score"]


def retyped(schema: dict[str, Any]) -> None:
    schema["$defs"]["Cause"]["properties"]["line"] = {"type": "string"}


def optional(schema: dict[str, Any]) -> None:
    schema["required"].remove("verdict")


def another_verdict(schema: dict[str, Any]) -> None:
    schema["$defs"]["Verdict"]["enum"].append("maybe")


def no_cases(schema: dict[str, Any]) -> None:
    del schema["$defs"]["CaseResult"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (removed, "Report.score is gone"),
        (retyped, "Cause.line has another type"),
        (optional, "Report.verdict may be missing"),
        (another_verdict, "Verdict has other values"),
        (no_cases, "CaseResult is gone"),
    ],
)
def test_a_change_that_breaks_readers_is_found(change: Callable[[dict[str, Any]], None], sentence: str) -> None:
    new = copy.deepcopy(TODAY)
    change(new)
    assert breaking_changes(TODAY, new) == [sentence]


def test_members_and_words_may_be_added() -> None:
    new = copy.deepcopy(TODAY)
    new["properties"]["added"] = {"type": "integer"}
    new["properties"]["score"]["description"] = "said better"
    new["$defs"]["Added"] = {"type": "object"}
    assert breaking_changes(TODAY, new) == []
