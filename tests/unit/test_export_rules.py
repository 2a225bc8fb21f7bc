"""Exports by the documented rules of those who read them, whatever a report holds.

JUnit XML: https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
Gradescope: https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format
GitHub: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

The rules are written down here in our own words: the schema and the pages are others', and no copy of them is kept.
"""

import json
import math
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from judge.export import FORMATS, PublicReport, public
from judge.report import Report
from judge.verdict import Verdict
from tests.helpers.draw_reports import reports

# For each element: those below it, the attributes that it must have, those that it may have, and if it holds text.
JUNIT = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}, False),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors"},
        set("group time skipped timestamp hostname id package file log url".split()),
        False,
    ),
    "testcase": (
        {"skipped", "error", "failure", "system-out", "system-err"},
        {"name"},
        {"time", "classname", "group"},
        False,
    ),
    "failure": (set(), set(), {"type", "message"}, True),
    "error": (set(), set(), {"type", "message"}, True),
}
JUNIT_TIME = re.compile(r"[0-9,]*(\.[0-9]*)?")  # of a suite, in seconds
COUNTS = ("tests", "failures", "errors", "skipped")

VISIBILITY = {"hidden", "after_due_date", "after_published", "visible"}
TEXT_FORMATS = {"text", "html", "simple_format", "md", "ansi"}
GRADESCOPE = {  # each member with the values that it may have; `score` is needed where a test has none
    "score": float,
    "execution_time": float,
    "output": str,
    "output_format": TEXT_FORMATS,
    "test_output_format": TEXT_FORMATS,
    "test_name_format": TEXT_FORMATS,
    "visibility": VISIBILITY,
    "stdout_visibility": VISIBILITY,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
GRADESCOPE_TEST = {
    "score": float,
    "max_score": float,
    "status": {"passed", "failed"},
    "name": str,
    "name_format": TEXT_FORMATS,
    "number": str,
    "output": str,
    "output_format": TEXT_FORMATS,
    "tags": list,
    "visibility": VISIBILITY,
    "extra_data": dict,
}

ESCAPED_IN_DATA = {"%25": "%", "%0D": "\r", "%0A": "\n"}
ESCAPED_IN_PROPERTIES = {**ESCAPED_IN_DATA, "%3A": ":", "%2C": ","}
ANNOTATION = {"title", "file", "line", "endLine", "col", "endColumn"}
few = settings(max_examples=30, deadline=None)
texts = st.text() | st.lists(st.sampled_from(["%", "%0A", "%25", "\n", "\r", "::", ",", ":", "a", "]]>", "\x00"])).map(
    "".join
)


def possible(report: Report) -> Report:
    """Return a drawn report with times as a clock has them, and the verdicts of its cases."""
    times = tuple(replace(case, time_ms=abs(case.time_ms) % 1e7) for case in report.cases)
    score = None if report.verdict is Verdict.JUDGE_ERROR else (report.score or 0.0)
    return replace(report, cases=times, time_ms=abs(report.time_ms) % 1e7, score=score)


@st.composite
def exported(draw: st.DrawFn) -> PublicReport:
    report = possible(draw(reports))
    return public(replace(report, message=draw(texts)), draw(texts))


def check_element(element: ElementTree.Element) -> None:
    children, needed, optional, holds_text = JUNIT[element.tag]
    assert {child.tag for child in element} <= children
    assert needed <= set(element.attrib) <= needed | optional
    assert holds_text or not (element.text or "").strip()
    assert not (element.tail or "").strip()
    if element.tag == "testsuite":
        assert JUNIT_TIME.fullmatch(element.get("time", ""))
    for child in element:
        check_element(child)


@few
@given(st.lists(exported(), max_size=3))
def test_junit_has_the_elements_and_attributes_that_its_schema_allows(made: list[PublicReport]) -> None:
    root = ElementTree.fromstring(FORMATS["junit"].write(made))
    assert root.tag == "testsuites"
    check_element(root)
    assert len(root) == len(made)


@few
@given(exported())
def test_junit_s_counts_are_those_of_its_elements(made: PublicReport) -> None:
    [suite] = ElementTree.fromstring(FORMATS["junit"].write([made]))
    tests, failures, errors, skipped = (int(suite.get(name, "")) for name in COUNTS)
    assert (tests, skipped) == (len(suite.findall("testcase")), 0)
    assert errors == len(suite.findall("testcase/error"))
    assert failures == len(suite.findall("testcase/failure"))
    assert (failures + errors > 0) == (made.verdict is not Verdict.ACCEPTED or _fails(made))


def _fails(made: PublicReport) -> bool:
    return any(case.verdict is not Verdict.ACCEPTED for case in made.cases)


def check_members(members: dict, rules: dict) -> None:
    for name, value in members.items():
        rule = rules[name]
        if isinstance(rule, set):
            assert value in rule, name
        else:
            assert isinstance(value, rule), name
        assert not isinstance(value, float) or math.isfinite(value), name


@few
@given(exported())
def test_gradescope_s_results_have_the_members_and_values_that_are_documented(made: PublicReport) -> None:
    assume(made.score is not None)
    results = json.loads(FORMATS["gradescope"].write([made]))
    check_members(results, GRADESCOPE)
    tests = results.get("tests", [])
    for test in tests:
        check_members(test, GRADESCOPE_TEST)
        assert 0 <= test["score"] <= test["max_score"]
        assert (test["status"] == "passed") == (test["score"] == test["max_score"])
    assert "score" in results or (tests and all("score" in test for test in tests))
    assert len(tests) == max(len(made.cases), made.summary.total)
    assert results["execution_time"] >= 0


def unescaped(text: str, escapes: dict[str, str]) -> str:
    """Read an escaped text in one pass, as the runner does; fail on what should have been escaped."""
    assert not set(text) & (set(escapes.values()) - {"%"})
    assert all(found in escapes for found in re.findall("%..?", text))
    return re.sub("%..", lambda found: escapes[found[0]], text)


@few
@given(st.lists(exported(), min_size=1, max_size=3))
def test_github_s_commands_are_escaped_and_read_back_as_what_was_meant(made: list[PublicReport]) -> None:
    lines = FORMATS["github"].write(made).split("\n")
    assert lines.pop() == ""
    for line, report in zip(lines, made, strict=True):
        found = re.fullmatch(r"::(notice|warning|error) ([^:]*)::(.*)", line)
        assert found is not None
        pairs = dict(pair.split("=", 1) for pair in found[2].split(","))
        properties = {name: unescaped(value, ESCAPED_IN_PROPERTIES) for name, value in pairs.items()}
        assert set(properties) <= ANNOTATION
        assert (properties["file"], properties["title"]) == (report.name, f"{report.problem}: {report.verdict}")
        assert properties.get("line") == (str(report.summary.line) if report.summary.line else None)
        right = report.verdict is Verdict.ACCEPTED
        assert unescaped(found[3], ESCAPED_IN_DATA) == (report.message if right else report.explanation)


@pytest.mark.parametrize(
    "document",
    [
        '<testsuites><testsuite tests="0" failures="0" errors="0"/></testsuites>',
        '<testsuites><testcase name="a"/></testsuites>',
        '<testsuites><testsuite name="a" tests="0" failures="0" errors="0" time="-1.000"/></testsuites>',
        '<testsuites verdict="x"/>',
        "<testsuites>text</testsuites>",
    ],
)
def test_what_the_schema_refuses_is_found(document: str) -> None:
    with pytest.raises(AssertionError):
        check_element(ElementTree.fromstring(document))
