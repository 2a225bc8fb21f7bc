"""Reports of any size: whole where they fit, cut where they don't, and never longer than the limit."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judge.grading.report_size import fit, size_of
from judge.reasons import OmissionId
from judge.report import MAX_REPORT_BYTES, Report
from judge.verdict import CaseResult, Check, Leaf, Mistake, Verdict

CASE = CaseResult(
    name="sample-1",
    group="sample",
    verdict=Verdict.WRONG_ANSWER,
    message="the loss is off",
    checks=(Check(id="loss", passed=False, message="off", expected=[1.0], actual=[2.0]),),
    inputs={"x": [1.0]},
    leaves=(Leaf(path="l1.bias", shape=(4,)),),
)
REPORT = Report(
    problem="p", verdict=Verdict.WRONG_ANSWER, message="wrong", cases=(CASE,), cases_total=1, stdout="hello"
)


def test_a_report_that_fits_is_left_alone() -> None:
    assert fit(REPORT) is REPORT


@pytest.mark.parametrize("text", ["x", "\x01", "\U0001f600", '"', "\\"])
def test_the_longest_output_is_cut_and_the_report_says_so(text: str) -> None:
    full = replace(REPORT, stdout=text * 65_536, stderr=text * 65_536)
    cut = fit(full)
    assert size_of(cut) <= MAX_REPORT_BYTES
    assert cut.cases == full.cases
    if size_of(full) > MAX_REPORT_BYTES:
        assert cut.omitted[0].id is OmissionId.OUTPUT
        assert "printed" in cut.omitted[0].message
        assert "more characters" in cut.stdout


def test_what_teaches_most_is_cut_last() -> None:
    leaves = tuple(Leaf(path="p" * 100, shape=(1,), change=i) for i in range(64))
    many = replace(REPORT, cases=tuple(replace(CASE, name=f"sample-{i}", leaves=leaves) for i in range(64)))
    cut = fit(many)
    assert size_of(cut) <= MAX_REPORT_BYTES
    assert cut.cases[0].leaves == leaves
    assert cut.cases[0].checks[0].expected == [1.0]
    assert cut.cases[1].leaves == ()


JSON = st.recursive(
    st.none() | st.text(max_size=40) | st.floats(), lambda inner: st.lists(inner, max_size=4), max_leaves=8
)


@settings(max_examples=20, deadline=None)
@given(JSON, st.text(), st.integers(1, 30), st.integers(1, 6))
def test_no_report_is_longer_than_the_limit(value, text: str, cases: int, checks: int) -> None:
    text = text[:40] * 100
    check = Check(id="c" * 60, passed=False, message=text, expected=[value] * 50, actual=value, mistake="m")
    case = replace(CASE, message=text, checks=(check,) * checks, inputs={"x": [value] * 50})
    mistakes = (Mistake(id="m", message=text[:500], hint="h" * 500),) * 40
    whole = replace(REPORT, cases=(case,) * cases, message=text, traceback=text, mistakes=mistakes, stdout=text)
    assert size_of(fit(whole)) <= MAX_REPORT_BYTES


def test_a_report_without_its_cases_still_says_how_many_passed() -> None:
    right = CaseResult(name="sample-2", group="sample", verdict=Verdict.ACCEPTED, message="m" * 200)
    cases = (CASE, *(replace(right, name=f"hidden-{number}") for number in range(2_999)))
    cut = fit(replace(REPORT, cases=cases, cases_total=3_000, score=round(2_999 / 3_000, 6)))
    assert len(cut.cases) == 1
    assert (cut.summary.passed, cut.summary.total) == (2_999, 3_000)
