"""Says in words how long a submission waits."""

from judge.web.estimate import Estimate, Waiting
from judge.web.pages.text import ordinal

_STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 45, 60, 90, 120, 180, 300, 600)  # seconds that are said
_PLACES = ("next", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def waiting_title(waiting: Waiting | None) -> str:
    """Return the state of a submission that waits."""
    return "Warming up" if waiting is not None and waiting.starting else "Queued"


def waiting_sentence(waiting: Waiting | None) -> str:
    """Return its place in the queue, and when its verdict is expected."""
    if waiting is None or waiting.position is None:
        return "waiting for a free slot"
    if waiting.starting and waiting.estimate is not None:
        middle = (waiting.estimate.low + waiting.estimate.high) / 2
        first = f"first verdict in about {_seconds(middle)}"
        return f"Starting: {first}" if waiting.position == 1 else f"Starting: {first}, {_place(waiting.position)}"
    place = _place(waiting.position)
    return f"{place}, {_interval(waiting.estimate)}" if waiting.estimate is not None else place


def _place(position: int) -> str:
    return f"{_PLACES[position - 1] if position <= len(_PLACES) else ordinal(position)} in the queue"


def _interval(estimate: Estimate) -> str:
    """Return the interval in whole seconds, never narrower than it is."""
    low, high = int(estimate.low), int(-(-estimate.high // 1))
    if high >= 120:
        return f"{low // 60} to {-(-high // 60)} min" if low // 60 else f"up to {-(-high // 60)} min"
    return f"{low} to {high} s" if low else f"up to {max(1, high)} s"


def _seconds(seconds: float) -> str:
    step = min(_STEPS, key=lambda each: abs(each - seconds))
    return f"{step} s" if step < 120 else f"{step // 60} min"
