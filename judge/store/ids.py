"""Identifiers: UUIDs of version 7, which sort by the time they were made and can't be guessed."""

import secrets
import time
from datetime import datetime

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62


def new_id() -> str:
    """Make an identifier: 48 bits of milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | _VERSION | _VARIANT
    value |= secrets.randbits(12) << 64 | secrets.randbits(62)
    return _text(value)


def first_id(at: datetime) -> str:
    """Return the identifier before which all lie that were made before a time."""
    return _text(max(0, int(at.timestamp() * 1_000)) << 80)


def _text(value: int) -> str:
    text = f"{value:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
