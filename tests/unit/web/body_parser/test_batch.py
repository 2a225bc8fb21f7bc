"""Batches: one program at a time, each taken or refused apart from the others."""

import json

import pytest

from judge.errors import SubmissionRefused, SubmissionTooLong
from judge.web import limits
from judge.web.body_parser.batch import parse_batch
from judge.web.body_parser.parsed import BadBody
from judge.web.body_parser.submission import parse_submission


def batch(body: bytes):
    return list(parse_batch(body, None))


def refusal(body: bytes) -> BadBody:
    with pytest.raises(BadBody) as bad:
        batch(body)
    assert len(bad.value.faults) <= limits.MOST_ERRORS
    return bad.value


@pytest.mark.parametrize("source", ["", '"', "\\", "\\\\", '\\"', "[{,}]", "\n\t", "\u2028\U0001d54f", "}" * 50, '"]}'])
def test_any_text_of_a_source_is_only_a_text(source: str) -> None:
    program = f"x = 1{source}"
    body = json.dumps({"source": program}).encode()
    assert parse_submission("application/json", body, None).source == program
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
    bad = refusal(body)
    assert (bad.status, bad.kind) == (422, "invalid-request")
    assert bad.faults[0].where.startswith("body")


def test_a_thousand_programs_are_taken_and_one_more_is_not() -> None:
    item = b'{"source": "x"}'
    assert len(batch(b'{"submissions": [' + b",".join([item] * 1_000) + b"]}")) == 1_000
    assert "at most 1000" in refusal(b'{"submissions": [' + b",".join([item] * 1_001) + b"]}").detail


def test_a_program_that_is_too_long_or_empty_is_its_own_refusal() -> None:
    long = json.dumps({"source": "x" * limits.MAX_BODY_BYTES}).encode()
    items = batch(b'{"submissions": [{"source": " "}, ' + long + b', {"source": "x"}]}')
    assert [type(item).__name__ for item in items] == ["SubmissionRefused", "SubmissionTooLong", "Parsed"]
    assert isinstance(items[0], SubmissionRefused)
    assert isinstance(items[1], SubmissionTooLong)
