"""A submission: text that somebody wants judged, checked before anything else reads it."""

import re
from dataclasses import dataclass

from judge.errors import SubmissionNotText, SubmissionRefused, SubmissionTooLong

MAX_SOURCE_BYTES = 64 * 1024
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"  # a problem's name in addresses: lower-case words with hyphens
SLUG_CHARACTERS = 64
MAX_SEED = 2**53 - 1  # of hidden cases: the largest integer that every JSON reader keeps exactly


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One program for one problem. `source` is text with the line ends that its author gave it."""

    problem: str
    source: str


def read_source(raw: bytes) -> str:
    """Return the source text of `raw` bytes.

    Raises SubmissionTooLong over 64 KiB, SubmissionNotText for bytes that are not UTF-8 or hold a NUL,
    SubmissionRefused for nothing but white space. A leading byte-order mark is dropped.
    """
    if len(raw) > MAX_SOURCE_BYTES:
        raise SubmissionTooLong(f"the source has {len(raw):,} bytes; at most {MAX_SOURCE_BYTES:,} are taken")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SubmissionNotText(
            f"the source is not UTF-8: byte {raw[error.start]:#04x} at offset {error.start}; save the file as UTF-8"
        ) from error
    if "\0" in text:
        raise SubmissionNotText(f"the source holds a NUL character at offset {text.index(chr(0))}")
    if not text.strip():
        raise SubmissionRefused("the source is empty")
    return text


def lines_of(source: str) -> list[str]:
    """Return the lines of a program as Python counts them, which knows fewer ends of lines than str.splitlines."""
    return re.split("\r\n|\r|\n", source)
