"""JSON walked token by token, so that what is too large or too deep is refused before anything is built.

Not everything that passes is JSON. The rest is refused by the parser that reads it afterwards.
"""

import re
from collections.abc import Iterator

from judge.web import limits
from judge.web.body_parser.validation import invalid_field

MOST_DEPTH = 16  # of JSON in JSON
MOST_TOKENS = 400  # texts, brackets and commas in the JSON of one program: it has some thirty

SHALLOW = 2  # depth of the members that a model checks one by one: each may be a fault of its own
MOST_INPUT_TOKENS = 8_400  # of input of the sender's own: four for each of the numbers that it may have, and some more

# Possessive, so that no text makes them look at anything twice.
_TEXT = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_TOKEN = re.compile(rb'[^"{}\[\],]*+(' + _TEXT + rb"|[{}\[\],])", re.DOTALL)
_KEY = re.compile(rb"[ \t\n\r]*+(" + _TEXT + rb")[ \t\n\r]*+:", re.DOTALL)
_SCALAR = re.compile(rb'[^"{}\[\],]++')
_SPACE = re.compile(rb"[ \t\n\r]*+")


def skip_value(body: bytes, start: int, where: str, most: int = 0) -> int:
    """Return the offset after the JSON value that begins at `start`, without building it. Raises BadBody.

    The offset is `start` itself where no value begins there. `where` names the value in a refusal, which follows for
    more than MOST_TOKENS tokens, or where `most` more are allowed, deeper than SHALLOW.
    """
    at = _skip_space(body, start)
    if body[at : at + 1] not in {b"{", b"[", b'"'}:
        scalar = _SCALAR.match(body, at)
        return scalar.end() if scalar else at
    depth = shallow = 0
    for _ in range(most + MOST_TOKENS):
        token = _TOKEN.match(body, at)
        if token is None:
            raise invalid_field(where, "Invalid JSON: it ends too early")
        at, kind = token.end(), token[1][:1]
        if kind in b"{[":
            depth += 1
        elif kind in b"}]":
            depth -= 1
        if depth > MOST_DEPTH:
            raise invalid_field(where, f"nested deeper than {MOST_DEPTH}")
        if depth <= 0:
            return at
        shallow += depth <= SHALLOW
        if shallow >= MOST_TOKENS:
            break
    counted = MOST_TOKENS if shallow >= MOST_TOKENS else most + MOST_TOKENS
    raise invalid_field(where, f"more than {counted:,} values, brackets and commas")


def batch_items(body: bytes) -> Iterator[bytes]:
    """Yield the items of `{"submissions": [...]}`, each as its own bytes. Raises BadBody."""
    at = _enter_submissions(body)
    count, separator = 0, b","
    while separator == b"," and not (count == 0 and _next_byte(body, at) == b"]"):
        at = _skip_space(body, at)
        end = skip_value(body, at, f"body.submissions.{count}")
        if end > at:
            yield body[at:end]
        count += 1
        separator = _next_byte(body, end)
        if end == at or separator not in {b",", b"]"}:
            raise invalid_field("body", "Invalid JSON: a comma or a value is missing")
        at = _skip_space(body, end) + (separator == b",")
    if not count:
        raise invalid_field("body.submissions", "List should have at least 1 item after validation, not 0")
    _require_end(body, _skip_space(body, at))


def _enter_submissions(body: bytes) -> int:
    """Return the offset after the bracket that opens the list of submissions."""
    start = _open(body, 0, b"{", "body", "an object with `submissions`")
    key = _KEY.match(body, start)
    if key is None:
        raise invalid_field("body.submissions", "Field required")
    if key[1] != b'"submissions"':
        name = key[1].decode(errors="replace")[1:60].rstrip('"')
        raise invalid_field(f"body.{name}", "Extra inputs are not permitted")
    return _open(body, key.end(), b"[", "body.submissions", "a list")


def _require_end(body: bytes, at: int) -> None:
    """Raise BadBody unless only the closing brackets are left at `at`."""
    rest = body[at:].translate(None, b" \t\n\r") if len(body) - at < limits.OTHER_BODY_BYTES else b""
    if rest != b"]}":
        raise invalid_field("body", "`submissions` has to be the only key, and the JSON complete")


def _skip_space(body: bytes, at: int) -> int:
    return _SPACE.match(body, at).end()  # type: ignore[union-attr]  # it matches everywhere


def _next_byte(body: bytes, at: int) -> bytes:
    """Return the first byte after white space."""
    at = _skip_space(body, at)
    return body[at : at + 1]


def _open(body: bytes, at: int, bracket: bytes, where: str, expected: str) -> int:
    """Return the offset after `bracket`. Raises BadBody where something else stands there."""
    if _next_byte(body, at) != bracket:
        raise invalid_field(where, f"Input should be {expected}")
    return _skip_space(body, at) + 1
