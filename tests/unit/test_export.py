"""Verdicts in the formats of others: valid by their rules, whatever a program wrote, and without anything hidden."""

import csv
import io
import json
import re
from dataclasses import fields, replace
from typing import get_args
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from judge.export import FORMATS, NoResult, PublicCase, PublicReport, public
from judge.export.github import step_summary
from judge.export.tables import COLUMNS
from judge.report import Report
from judge.verdict import CaseResult, Cause, CauseKind, Check, Verdict
from judge.web.params import FormatName
from tests.helpers.draw_reports import reports

SECRET = "7.25 of hidden-1"
HOSTILE = '=cmd|"/c calc"\r\n::error::%0A<&>\x00\x1b[31m`|'


def case(name: str, verdict: Verdict, message: str = "") -> CaseResult:
    group = name.partition("-")[0]
    checks = (Check(id="loss", passed=False, message=message, expected=SECRET, actual=SECRET),)
    return CaseResult(
        name=name, group=group, verdict=verdict, message=message, time_ms=12.5, checks=checks, inputs={"x": SECRET}
    )


WRONG = Report(
    problem="twice",
    verdict=Verdict.WRONG_ANSWER,
    score=0.25,
    message=f"sample-2: too late {HOSTILE}",
    cause=Cause(id="late", kind=CauseKind.MISTAKE, message="too late", proof="by 3", hint="earlier", line=7),
    cases=(case("sample-1", Verdict.ACCEPTED), case("sample-2", Verdict.WRONG_ANSWER, f"too late {HOSTILE}")),
    cases_total=4,
    time_ms=25.0,
)
RIGHT = Report(
    problem="twice",
    verdict=Verdict.ACCEPTED,
    score=1.0,
    message="all 1 cases accepted",
    cases=(case("sample-1", Verdict.ACCEPTED),),
    cases_total=1,
)
FAILED = Report.judge_failed("twice", "the disk is full")
NOT_LOADED = Report(problem="twice", verdict=Verdict.COMPILE_ERROR, score=0.0, message="SyntaxError", cases_total=3)


def written(name: str, *each: Report) -> str:
    return FORMATS[name].write([public(report, f"{number}.py") for number, report in enumerate(each)])


def test_the_type_of_an_export_has_no_place_for_what_is_hidden() -> None:
    names = {each.name for kind in (PublicReport, PublicCase) for each in fields(kind)}
    assert not names & {"inputs", "checks", "leaves", "expected", "actual", "stdout", "stderr", "traceback"}


@pytest.mark.parametrize("name", FORMATS)
@given(reports)
def test_any_report_is_written_and_tells_nothing_but_verdicts_and_reasons(name: str, report: Report) -> None:
    secret = [replace(each, inputs={"x": SECRET}, checks=()) for each in report.cases]
    try:
        text = written(name, replace(report, cases=tuple(secret), stdout=SECRET, traceback=SECRET))
    except NoResult:
        assert report.score is None
        return
    assert SECRET not in text


def test_gradescope_gets_a_point_a_case_of_all_there_are() -> None:
    result = json.loads(written("gradescope", WRONG))
    assert [(each["score"], each["max_score"], each["status"]) for each in result["tests"]] == [
        (1.0, 1.0, "passed"),
        (0.0, 1.0, "failed"),
        (0.0, 1.0, "failed"),
        (0.0, 1.0, "failed"),
    ]
    assert "score" not in result  # the tests' points are the score
    assert "earlier" in result["output"]
    assert all(set(each) <= GRADESCOPE_TEST for each in result["tests"])
    assert set(result) <= GRADESCOPE
    assert json.loads(written("gradescope", replace(NOT_LOADED, cases_total=0)))["score"] == 0.0


GRADESCOPE = set(
    "score execution_time output output_format test_output_format test_name_format visibility stdout_visibility "
    "extra_data tests leaderboard".split()
)
GRADESCOPE_TEST = set(
    "score max_score status name name_format number output output_format tags visibility extra_data".split()
)


def test_a_fault_of_the_judge_is_no_zero_anywhere() -> None:
    with pytest.raises(NoResult, match="the disk is full"):
        written("gradescope", FAILED)
    [row] = csv.DictReader(io.StringIO(written("csv", FAILED)))
    assert (row["score"], row["verdict"]) == ("", "judge_error")
    [suite] = ElementTree.fromstring(written("junit", FAILED))
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    assert written("github", FAILED).startswith("::warning ")


def test_junit_counts_what_it_holds() -> None:
    root = ElementTree.fromstring(written("junit", RIGHT, WRONG, NOT_LOADED))
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    assert [suite.get("failures") for suite in root] == ["0", "1", "1"]
    failure = root[1].find("testcase/failure")
    assert failure is not None
    assert "earlier" in (failure.text or "")


@given(st.text(), st.text())
def test_junit_is_xml_whatever_was_written(name: str, message: str) -> None:
    made = public(replace(WRONG, message=message, cases=(case("sample-1", Verdict.WRONG_ANSWER, message),)), name)
    ElementTree.fromstring(FORMATS["junit"].write([made]))


@given(st.text(), st.text())
def test_a_workflow_gets_one_command_a_file(name: str, message: str) -> None:
    text = FORMATS["github"].write([public(replace(WRONG, message=message, cause=None), name)])
    assert text.count("\n") == 1
    assert "\r" not in text
    assert re.fullmatch(r"::error file=[^:,\n]*,title=[^:,\n]*::.*\n", text, re.DOTALL)
    table = step_summary([public(replace(WRONG, message=message), name)])
    assert len(table.split("\n")) == 4


def test_the_api_offers_the_formats_that_there_are() -> None:
    assert set(get_args(FormatName)) == {"json", *FORMATS}


def test_an_annotation_points_at_the_line() -> None:
    assert "file=0.py,title=twice%3A wrong_answer,line=7::" in written("github", WRONG)
    assert written("github", RIGHT).startswith("::notice file=0.py")


@given(st.text())
@example("\t=")
@example("a;+1|-2")
def test_no_cell_of_a_table_is_a_formula(message: str) -> None:
    [head, row] = csv.reader(io.StringIO(written("csv", replace(WRONG, message=message)), newline=""))
    assert head == list(COLUMNS)
    cell = row[head.index("message")]
    assert cell.replace("'", "") == message.replace("'", "")  # nothing is added but quotes
    assert not re.search(r"(^|[;|\t])[=+\-@]|^[\t\r]", cell)
