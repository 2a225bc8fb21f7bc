"""Strategies of reports and all that is in them, every field drawn."""

from dataclasses import fields

from hypothesis import strategies as st

from judge.provenance import Provenance
from judge.reasons import Handover, HandoverId, Omission, OmissionId
from judge.report import Report
from judge.reproduction_record import Reproduction
from judge.verdict import CaseResult, Cause, CauseKind, Check, Leaf, Mistake, Verdict


def built(kind: type, /, **strategies: st.SearchStrategy) -> st.SearchStrategy:
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
    symptom=st.none() | texts,
    mistake=st.none() | texts,
)
leaves = built(
    Leaf,
    path=texts,
    shape=st.lists(st.integers(0, 100), max_size=3).map(tuple),
    **dict.fromkeys(("norm_before", "norm_after", "change", "expected_change"), st.none() | numbers),
)
causes = built(
    Cause,
    id=texts,
    kind=st.sampled_from(CauseKind),
    message=texts,
    proof=texts,
    hint=texts,
    link=texts,
    line=st.none() | st.integers(1, 100),
    case=st.none() | texts,
    explains=st.lists(texts, max_size=2).map(tuple),
)
cases = built(
    CaseResult,
    name=texts,
    group=st.sampled_from(["sample", "hidden"]),
    verdict=st.sampled_from(Verdict),
    message=texts,
    ending=st.none() | texts,
    time_ms=numbers,
    checks=st.lists(checks, max_size=3).map(tuple),
    inputs=st.none() | st.dictionaries(texts, numbers, max_size=2),
    leaves=st.lists(leaves, max_size=3).map(tuple),
    stdout=texts,
    returned=st.none() | st.lists(numbers, max_size=3),
    expected=st.none() | numbers,
)
reproductions = built(
    Reproduction,
    **dict.fromkeys(("entry", "case", "arguments", "expected"), texts),
    compared=st.lists(texts, max_size=2).map(tuple),
)
reports = built(
    Report,
    problem=texts,
    verdict=st.sampled_from(Verdict),
    score=st.none() | st.floats(0, 1),
    message=texts,
    cause=st.none() | causes,
    mistakes=st.lists(built(Mistake, id=texts, message=texts, hint=texts), max_size=2).map(tuple),
    cases=st.lists(cases, max_size=3).map(tuple),
    counterexample=st.none() | cases,
    reproduction=st.none() | reproductions,
    cases_total=st.integers(0, 20),
    traceback=texts,
    line=st.none() | st.integers(1, 100),
    stdout=texts,
    stderr=texts,
    time_ms=numbers,
    cpu_ms=numbers,
    memory_mb=numbers,
    lane=st.sampled_from(["fast", "full"]),
    handed_over=st.none() | built(Handover, id=st.sampled_from(HandoverId), message=texts),
    omitted=st.lists(built(Omission, id=st.sampled_from(OmissionId), message=texts), max_size=2).map(tuple),
    provenance=built(
        Provenance,
        **{each.name: texts for each in fields(Provenance) if each.type is str},
        seed=st.integers(0, 2**53 - 1),
        sandbox=st.lists(texts, max_size=2).map(tuple),
    ),
)
