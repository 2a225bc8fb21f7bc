"""A report is the same after a journey through JSON."""

import json
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from judge.verdict import CaseResult, Check, Mistake, Provenance, Report, Verdict


def built(kind: type, **strategies: st.SearchStrategy) -> st.SearchStrategy:
    """Values of `kind`, every field of which is drawn."""
    assert set(strategies) == {each.name for each in fields(kind)}
    return st.builds(kind, **strategies)


texts = st.text(max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
checks = built(
    Check,
    id=texts,
    passed=st.booleans(),
    message=texts,
    expected=st.none() | st.lists(numbers, max_size=3),
    actual=st.none() | numbers,
    error=st.none() | numbers,
    mistake=st.none() | texts,
)
leaves = st.fixed_dictionaries(
    {
        "path": texts,
        "shape": st.lists(st.integers(0, 100), max_size=3),
        **dict.fromkeys(("norm_before", "norm_after", "change", "expected_change"), st.none() | numbers),
    }
)
cases = built(
    CaseResult,
    name=texts,
    group=st.sampled_from(["sample", "hidden"]),
    verdict=st.sampled_from(Verdict),
    message=texts,
    time_ms=numbers,
    checks=st.lists(checks, max_size=3).map(tuple),
    inputs=st.none() | st.dictionaries(texts, numbers, max_size=2),
    leaves=st.lists(leaves, max_size=3).map(tuple),
)
reports = built(
    Report,
    problem=texts,
    verdict=st.sampled_from(Verdict),
    score=numbers,
    message=texts,
    mistakes=st.lists(built(Mistake, id=texts, message=texts, hint=texts), max_size=2).map(tuple),
    cases=st.lists(cases, max_size=3).map(tuple),
    cases_total=st.integers(0, 20),
    traceback=texts,
    line=st.none() | st.integers(1, 100),
    stdout=texts,
    stderr=texts,
    time_ms=numbers,
    cpu_ms=numbers,
    memory_mb=numbers,
    lane=st.sampled_from(["fast", "full"]),
    handed_over=st.none() | texts,
    omitted=st.lists(texts, max_size=2).map(tuple),
    provenance=built(
        Provenance,
        **{each.name: texts for each in fields(Provenance) if each.type is str},
        seed=st.integers(0, 2**63 - 1),
        sandbox=st.lists(texts, max_size=2).map(tuple),
    ),
)


@given(reports)
def test_a_report_survives_json(report: Report) -> None:
    assert Report.from_json(json.loads(json.dumps(report.to_json()))) == report
