"""A report is the same after a journey through JSON."""

import json

from hypothesis import given
from hypothesis import strategies as st

from judge.verdict import CaseResult, Check, Mistake, Provenance, Report, Verdict

texts = st.text(max_size=20)
paths = st.sampled_from(["l1.kernel", "l2.bias"])
numbers = st.floats(allow_nan=False, allow_infinity=False)
checks = st.builds(
    Check,
    id=texts,
    passed=st.booleans(),
    message=texts,
    expected=st.none() | st.lists(numbers, max_size=3),
    actual=st.none() | numbers,
    error=st.none() | numbers,
    mistake=st.none() | texts,
)
cases = st.builds(
    CaseResult,
    name=texts,
    group=st.sampled_from(["sample", "hidden"]),
    verdict=st.sampled_from(Verdict),
    time_ms=numbers,
    checks=st.lists(checks, max_size=3).map(tuple),
    inputs=st.none() | st.dictionaries(texts, numbers, max_size=2),
    message=texts,
    leaves=st.lists(
        st.fixed_dictionaries({"path": paths, "shape": st.lists(st.integers(0, 9), max_size=2)}), max_size=2
    ).map(tuple),
)
reports = st.builds(
    Report,
    problem=texts,
    verdict=st.sampled_from(Verdict),
    score=numbers,
    mistakes=st.lists(st.builds(Mistake, id=texts, message=texts, hint=texts), max_size=2).map(tuple),
    cases=st.lists(cases, max_size=3).map(tuple),
    cases_total=st.integers(0, 20),
    message=texts,
    traceback=texts,
    stdout=texts,
    stderr=texts,
    time_ms=numbers,
    cpu_ms=numbers,
    memory_mb=numbers,
    lane=st.sampled_from(["fast", "full"]),
    omitted=st.lists(texts, max_size=2).map(tuple),
    line=st.none() | st.integers(1, 100),
    handed_over=st.none() | texts,
    provenance=st.builds(Provenance, package=texts, sandbox=st.lists(texts, max_size=2).map(tuple)),
)


@given(reports)
def test_a_report_survives_json(report: Report) -> None:
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
