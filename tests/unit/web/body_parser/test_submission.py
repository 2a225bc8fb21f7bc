"""Bodies of one program: counted before they are built, and refused in few words."""

import json

import pytest

from judge.web import limits
from judge.web.body_parser.json_scan import MOST_DEPTH, MOST_INPUT_TOKENS, MOST_TOKENS
from judge.web.body_parser.parsed import BadBody
from judge.web.body_parser.submission import parse_inputs, parse_submission


def one(body: bytes):
    return parse_submission("application/json", body, None)


def refusal(body: bytes) -> BadBody:
    with pytest.raises(BadBody) as bad:
        one(body)
    assert len(bad.value.faults) <= limits.MOST_ERRORS
    return bad.value


def test_unknown_keys_are_counted_and_the_first_are_listed() -> None:
    body = json.dumps({"source": "x", **{f"k{number}": 0 for number in range(50)}}).encode()
    bad = refusal(body)
    assert [fault.where for fault in bad.faults] == [f"body.k{number}" for number in range(limits.MOST_ERRORS)]
    assert bad.detail.endswith("(and 49 more)")


def test_values_are_counted_before_they_are_built() -> None:
    inside = b"[" + b"0," * (MOST_TOKENS - 3) + b"0]"
    assert "body.seed" in refusal(b'{"source": "x", "seed": ' + b"[0]" + b"}").detail
    assert "more than" not in refusal(inside).detail
    assert "more than 400 values" in refusal(b"[" + b"0," * MOST_TOKENS + b"0]").detail


def test_input_of_one_s_own_may_have_more_values_and_nothing_beside_it() -> None:
    most = b"[" + b"0," * (MOST_INPUT_TOKENS - 10) + b"0]"
    parsed = one(b'{"source": "x", "inputs": {"x": ' + most + b"}}")
    assert len(parsed.own_input.inputs["x"]) == MOST_INPUT_TOKENS - 9
    much = b"[" + b"0," * (MOST_INPUT_TOKENS + MOST_TOKENS) + b"0]"
    assert "more than 8,800 values" in refusal(b'{"source": "x", "inputs": {"x": ' + much + b"}}").detail
    members = b",".join(b'"%d": 0' % number for number in range(MOST_TOKENS))
    for name in (b"inputs", b"webhook"):
        assert "more than 400 values" in refusal(b'{"source": "x", "' + name + b'": {' + members + b"}}").detail


def test_depth_is_counted() -> None:
    assert "nested" not in refusal(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH).detail
    assert "nested deeper than 16" in refusal(b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1)).detail


def test_the_digests_are_those_that_the_store_would_take() -> None:
    from judge.store.records import NewSubmission

    parsed = parse_submission("application/json", b'{"source": "x = 1", "seed": 3}', "only")
    new = NewSubmission(problem="only", source="x = 1", submitter="ip:x", seed=3, package="p")
    assert parsed.digests == {"source_sha256": new.source_sha256, "request_sha256": new.request_sha256}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f'["\u2200",{"[" * 4000}{"]" * 4000},"\u2200"]'.encode("utf-16-le"), "is not JSON"),
        (b'"\xff"', "is not UTF-8"),
        (b"9" * 5000, "has a number with too many digits"),
        (b"[" * 15 + b"]" * 15, "nested deeper than 16"),
        (b"1]], [[1", "is not JSON"),
    ],
    ids=["other-encoding", "no-text", "digits", "deep", "two-values"],
)
def test_an_argument_that_is_no_json_is_refused_in_words(text: bytes, why: str) -> None:
    with pytest.raises(BadBody) as bad:
        parse_inputs({"x": text})
    assert bad.value.faults[0].where == "argument x"
    assert why in bad.value.detail
