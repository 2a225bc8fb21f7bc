"""Codes that a person reads on one machine and types on another: BCDF-GHJK.

Consonants alone, so that no word comes out, and none that looks like a digit: 20^8 codes, of which few wait at a time.
"""

import secrets

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CHARACTERS = 8
GROUP = 4  # characters between hyphens
MOST_TYPED = 40  # characters that are read, with spaces and hyphens


def new_user_code() -> str:
    """Return a code as it is shown."""
    return shown("".join(secrets.choice(LETTERS) for _ in range(CHARACTERS)))


def plain(typed: str) -> str:
    """Return a typed code without case, spaces and hyphens; an empty text for what can't be one."""
    code = "".join(each for each in typed[:MOST_TYPED].upper() if each not in " -")
    return code if len(code) == CHARACTERS and set(code) <= set(LETTERS) else ""


def shown(code: str) -> str:
    """Return a plain code in groups."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
