"""Entries of the catalogue of errors: tables of text, checked and compiled.

An entry's message may hold placeholders, `{name}`, for named groups of its pattern. Their text comes out of a hostile
message, so each is cut at MAX_GROUP characters, and an entry is refused if its sentence could become too long.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

MAX_MESSAGE = 300  # characters of a sentence, its placeholders filled
MAX_HINT = 400  # characters
MAX_GROUP = 60  # characters of one filled placeholder
REQUIRED = frozenset({"types", "message", "hint"})
OPTIONAL = frozenset({"pattern", "source", "link"})
ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One known error: how it is recognised, and what is said about it.

    `pattern` is searched in the message and `source` in the text of the line that failed; None matches everything.
    """

    id: str
    types: frozenset[str]
    pattern: re.Pattern[str] | None = None
    source: re.Pattern[str] | None = None
    message: str
    hint: str
    link: str | None = None


def entries_of(table: Mapping[str, Any]) -> tuple[Entry, ...]:
    """Return the entries of a table `{id: {types, pattern, ...}}`, in its order. Raises ValueError naming the entry."""
    return tuple(_entry(name, row) for name, row in table.items())


def _entry(name: str, row: object) -> Entry:
    try:
        return _checked(name, row)
    except ValueError as error:
        raise ValueError(f"[errors.{name}]: {error}") from error


def _checked(name: str, row: object) -> Entry:
    if not ID.fullmatch(name):
        raise ValueError("an id is made of lower-case words with hyphens between them")
    if not isinstance(row, Mapping):
        raise ValueError("expected a table")
    if unknown := sorted(set(row) - REQUIRED - OPTIONAL):
        raise ValueError(f"unknown key `{unknown[0]}`")
    if missing := sorted(REQUIRED - set(row)):
        raise ValueError(f"`{missing[0]}` is missing")
    types = row["types"]
    if not isinstance(types, list | tuple) or not types or not all(isinstance(t, str) and t for t in types):
        raise ValueError("`types` must be a list of exception type names")
    pattern = _pattern(row, "pattern")
    entry = Entry(
        id=name,
        types=frozenset(types),
        pattern=pattern,
        source=_pattern(row, "source"),
        message=_text(row, "message", MAX_MESSAGE),
        hint=_text(row, "hint", MAX_HINT),
        link=_text(row, "link", MAX_HINT) if "link" in row else None,
    )
    _check_placeholders(entry.message, frozenset(pattern.groupindex) if pattern else frozenset())
    if entry.link is not None and not entry.link.startswith("https://"):
        raise ValueError("`link` must start with https://")
    return entry


def _text(row: Mapping[str, Any], key: str, most: int) -> str:
    text = row[key]
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"`{key}` must be a text that is not empty")
    if len(text) > most:
        raise ValueError(f"`{key}` has {len(text)} characters, more than {most}")
    return text


def _pattern(row: Mapping[str, Any], key: str) -> re.Pattern[str] | None:
    if key not in row:
        return None
    try:
        return re.compile(_text(row, key, MAX_HINT))
    except re.error as error:
        raise ValueError(f"`{key}` is not a regular expression: {error}") from error


def _check_placeholders(message: str, groups: frozenset[str]) -> None:
    """Refuse placeholders that are not plain names of groups, and a sentence that could become too long."""
    length = 0
    for literal, name, spec, conversion in Formatter().parse(message):
        length += len(literal)
        if name is None:
            continue
        if name not in groups or spec or conversion:
            raise ValueError(f"`message` has the placeholder {{{name}}}, which is not a group of `pattern`")
        length += MAX_GROUP
    if length > MAX_MESSAGE:
        raise ValueError(f"`message` could become longer than {MAX_MESSAGE} characters")
