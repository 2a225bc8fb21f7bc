"""Names of accounts that are made for people who come from a platform."""

import re
import unicodedata
from collections.abc import Iterator

from judge.account import is_name

FALLBACK = "learner"
NAME_CHARACTERS = 40  # of a name that is made from a person's, before a number
DISPLAY_CHARACTERS = 100
NUMBERED = 20  # names with a number that are tried


def account_names(name: str, unique: str) -> Iterator[str]:
    """Yield names for an account, the nearest to a person's `name` first; the last ends with the text `unique`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", ".", plain.lower()).strip(".")[:NAME_CHARACTERS].rstrip(".") or FALLBACK
    assert is_name(base)
    yield base
    yield from (f"{base}-{number}" for number in range(2, NUMBERED))
    yield f"{base}-{unique}"


def display_name(name: str) -> str:
    """Return a person's name as pages show it: printable, on one line, without what changes the direction of text."""
    shown = "".join(each if each.isprintable() else " " for each in unicodedata.normalize("NFC", name))
    return " ".join(shown.split())[:DISPLAY_CHARACTERS]
