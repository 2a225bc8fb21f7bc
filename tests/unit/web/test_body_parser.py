"""Bodies: counted before they are built, and refused in few words."""

import json

import pytest

from judge.errors import SubmissionRefused, SubmissionTooLong
from judge.web import body_parser, limits
from judge.web.body_parser import MOST_DEPTH, MOST_TOKENS, BadBody, parse_batch, parse_form, parse_submission


def one(body: bytes):
    return parse_submission("application/json", body, None)


def refusal(body: bytes, parse=one) -> BadBody:
    with pytest.raises(BadBody) as bad:
        list(parse(body)) if parse is not one else one(body)
    assert len(bad.value.faults) <= limits.MOST_ERRORS
    return bad.value


def batch(body: bytes):
    return list(parse_batch(body, None))


def test_unknown_keys_are_counted_and_the_first_are_listed() -> None:
    body = json.dumps({"source": "x", **{f"k{number}": 0 for number in range(500)}}).encode()
    bad = refusal(body)
    assert [fault.where for fault in bad.faults] == [f"body.k{number}" for number in range(limits.MOST_ERRORS)]
    assert bad.detail.endswith("(and 499 more)")


def test_values_are_counted_before_they_are_built() -> None:
    inside = b"[" + b"0," * (MOST_TOKENS - 3) + b"0]"
    assert "body.seed" in refusal(b'{"source": "x", "seed": ' + b"[0]" + b"}").detail
    assert "more than" not in refusal(inside).detail
    assert "more than 4,000 values" in refusal(b"[" + b"0," * MOST_TOKENS + b"0]").detail


def test_depth_is_counted() -> None:
    assert "nested" not in refusal(b"[" * MOST_DEPTH + b"]" * MOST_DEPTH).detail
    assert "nested deeper than 16" in refusal(b"[" * (MOST_DEPTH + 1) + b"]" * (MOST_DEPTH + 1)).detail


@pytest.mark.parametrize("source", ["", '"', "\\", "\\\\", '\\"', "[{,}]", "\n\t", "\u2028\U0001d54f", "}" * 50, '"]}'])
def test_any_text_of_a_source_is_only_a_text(source: str) -> None:
    program = f"x = 1{source}"
    body = json.dumps({"source": program}).encode()
    assert one(body).source == program
    assert [item.source for item in batch(b'{"submissions": [' + body + b" , " + body + b"\n]}\n")] == [program] * 2


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"{}", b"null", b'{"submissions": 1}', b'{"submissions": []}', b'{"submissions": [}',
        b'{"submissions": [{"source": "x"}', b'{"submissions": [{"source": "x"}]',
        b'{"submissions": [{"source": "x"}]}}', b'{"submissions": [{"source": "x"}, ]}',
        b'{"submissions": [{"source": "x"} {"source": "y"}]}', b'{"submissions": [{"source": "x"},]}',
        b'{"submissions": [,{"source": "x"}]}', b'{"submissions": [1]}', b'{"submissions": ["x"]}',
        b'{"submissions": [{"source": "x"}], "a": 1}', b'{"a": 1, "submissions": [{"source": "x"}]}',
        b'{"submissions": [{"source": "x", "a": 1}]}', b'{"submissions": [{"source": "x}]}', b'{"submissions": [tru]}',
        b'{"submissions": [{"source": "x"]]}', b'{"submissions": [{"source": "\\ud800"}]}', b'{"submissions": [{]}',
    ],
)  # fmt: skip
def test_a_batch_that_is_not_as_documented_is_refused(body: bytes) -> None:
    bad = refusal(body, batch)
    assert (bad.status, bad.kind) == (422, "invalid-request")
    assert bad.faults[0].where.startswith("body")


def test_a_thousand_programs_are_taken_and_one_more_is_not() -> None:
    item = b'{"source": "x"}'
    assert len(batch(b'{"submissions": [' + b",".join([item] * 1_000) + b"]}")) == 1_000
    assert "at most 1000" in refusal(b'{"submissions": [' + b",".join([item] * 1_001) + b"]}", batch).detail


def test_a_program_that_is_too_long_or_empty_is_its_own_refusal() -> None:
    long = json.dumps({"source": "x" * limits.MAX_BODY_BYTES}).encode()
    items = batch(b'{"submissions": [{"source": " "}, ' + long + b', {"source": "x"}]}')
    assert [type(item).__name__ for item in items] == ["SubmissionRefused", "SubmissionTooLong", "Parsed"]
    assert isinstance(items[0], SubmissionRefused)
    assert isinstance(items[1], SubmissionTooLong)


def test_the_digests_are_those_that_the_store_would_take() -> None:
    from judge.store.records import NewSubmission

    parsed = parse_submission("application/json", b'{"source": "x = 1", "seed": 3}', "only")
    new = NewSubmission(problem="only", source="x = 1", submitter="ip:x", seed=3, package="p")
    assert parsed.digests == {"source_sha256": new.source_sha256, "request_sha256": new.request_sha256}


@pytest.mark.parametrize("kind", ["", "text/plain", "multipart/mixed; boundary=x"])
def test_what_is_no_form_is_refused(kind: str) -> None:
    with pytest.raises(BadBody) as bad:
        parse_form(kind, b"x")
    assert bad.value.status == 415


def test_forms_give_their_fields() -> None:
    assert parse_form("application/x-www-form-urlencoded", b"source=a%0D%0Ab&action=run") == {
        "source": b"a\r\nb",
        "action": b"run",
    }
    assert body_parser.media_type("Text/HTML; charset=x") == "text/html"
