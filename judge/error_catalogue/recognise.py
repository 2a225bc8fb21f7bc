"""Find the entry of the catalogue that explains an exception."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from judge.error_catalogue.entries import MAX_GROUP, Entry, entries_of

FILE = Path(__file__).with_name("catalogue.toml")
SPOKEN = {  # names of types as messages of JAX and Python write them, and what learners call them
    "ArrayImpl": "JAX array",
    "jaxlib._jax.ArrayImpl": "JAX array",
    "DynamicJaxprTracer": "traced JAX array",
    "numpy.ndarray": "NumPy array",
    "NoneType": "None",
    "flax.nnx.statelib.State": "nnx.State",
}
MOST_SEARCHED = 2000  # characters of a message, and of a source line, that patterns are searched in


@dataclass(frozen=True, kw_only=True)
class ErrorHint:
    """The explanation of an exception: `message` says what happened, `hint` what to change."""

    id: str
    message: str
    hint: str
    link: str | None = None


@cache
def own_entries() -> tuple[Entry, ...]:
    """Return the judge's own entries. Raises ValueError if catalogue.toml is faulty."""
    return entries_of(tomllib.loads(FILE.read_text(encoding="utf-8"))["errors"])


def recognise(type_name: str, message: str, line: str = "", more: Sequence[Entry] = ()) -> ErrorHint | None:
    """Return the explanation of an exception, or None if no entry matches.

    Args:
        type_name: the name of the exception's type, without its module.
        message: its text; hostile.
        line: the source line that raised it.
        more: entries that are tried before the judge's own.
    """
    message, line = message[:MOST_SEARCHED], line[:MOST_SEARCHED]
    for entry in (*more, *own_entries()):
        if type_name not in entry.types or (entry.source and not entry.source.search(line)):
            continue
        found = entry.pattern.search(message) if entry.pattern else None
        if entry.pattern and not found:
            continue
        groups = {name: _shown(text) for name, text in found.groupdict("").items()} if found else {}
        return ErrorHint(id=entry.id, message=entry.message.format_map(groups), hint=entry.hint, link=entry.link)
    return None


def _shown(text: str) -> str:
    """Return a group's text fit for a sentence: printable, on one line, short."""
    text = SPOKEN.get(text, text)[:MAX_GROUP]
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in text)).strip()
