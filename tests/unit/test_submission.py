"""Bytes that somebody sends become a submission's source, or a sentence that says why not."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.errors import SubmissionNotText, SubmissionRefused, SubmissionTooLong
from judge.submission import MAX_SOURCE_BYTES, lines_of, read_source


@pytest.mark.parametrize(
    ("raw", "error", "words"),
    [
        (b"", SubmissionRefused, "empty"),
        (b" \r\n\t", SubmissionRefused, "empty"),
        (b"x" * (1 << 20), SubmissionTooLong, "1,048,576 bytes"),
        (b"x = '\xe9'", SubmissionNotText, "0xe9 at offset 5"),
        (b"x = 1\0", SubmissionNotText, "NUL character at offset 5"),
        (b"\xff\xfex\0", SubmissionNotText, "not UTF-8"),
    ],
)
def test_bad_bytes_are_refused_with_the_place(raw: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        read_source(raw)


def test_the_longest_source_is_taken_and_one_byte_more_is_not() -> None:
    assert len(read_source(b"#" * MAX_SOURCE_BYTES)) == MAX_SOURCE_BYTES
    with pytest.raises(SubmissionTooLong):
        read_source(b"#" * (MAX_SOURCE_BYTES + 1))


def test_line_ends_stay_and_a_byte_order_mark_goes() -> None:
    assert read_source(b"\xef\xbb\xbfx = 1\r\ny = 2\r\n") == "x = 1\r\ny = 2\r\n"


@given(st.text(st.characters(exclude_characters="\0\ufeff", exclude_categories=["Cs"])).filter(str.strip))
def test_every_text_comes_back_as_it_is(text: str) -> None:
    assert read_source(text.encode()) == text


@given(st.binary(max_size=300))
def test_any_bytes_are_taken_or_refused(raw: bytes) -> None:
    with contextlib.suppress(SubmissionRefused):
        assert read_source(raw).strip()


def test_lines_are_those_that_python_counts() -> None:
    assert lines_of("a\x0cb\u2028c\rd\r\ne\nf") == ["a\x0cb\u2028c", "d", "e", "f"]
