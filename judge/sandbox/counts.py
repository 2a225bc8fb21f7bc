"""Counts of this process's sandbox, for whoever shows them."""

import threading
from collections import Counter
from enum import StrEnum


class Event(StrEnum):
    """An event that is counted."""

    STARTED = "started"  # a hot zygote, for a problem that had none
    REPLACED = "replaced"  # a hot zygote that ended, or grew old
    EVICTED = "evicted"  # a hot zygote gave its place to another problem's
    REFUSED = "refused"  # a job found no place for its problem's
    COMPILED = "compiled"  # a program, by a compile service


_lock = threading.Lock()
_counts: Counter[Event] = Counter()


def count(event: Event, number: int = 1) -> None:
    """Add to the count of `event`. From any thread."""
    with _lock:
        _counts[event] += number


def counted(event: Event) -> int:
    """Return the count of `event` since this process started."""
    with _lock:
        return _counts[event]
