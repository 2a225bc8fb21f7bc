"""Work in small pieces that nobody waits for: done while no order comes."""

import time
from collections.abc import Callable, Iterator

PAUSE_SECONDS = 1.0  # without an order, before it goes on
MOST_SECONDS = 3.0  # from one piece to the next: under steady load it goes on too


class IdleWork:
    """Pieces of work, in the order in which they were added.

    A piece may take half a second, for which an order would have to wait, and a processor that the last job may need.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._pieces: list[Iterator[bool]] = []
        self._begins = self._latest = 0.0

    def add(self, pieces: Iterator[bool]) -> None:
        """Do `pieces` when nothing is asked for; each item is one that is done."""
        if not self._pieces:
            self._latest = self._now() + MOST_SECONDS
        self._pieces.append(pieces)
        self.put_off()

    def put_off(self) -> None:
        """Wait for a pause: an order has come."""
        self._begins = min(self._now() + PAUSE_SECONDS, self._latest)

    def milliseconds(self) -> float | None:
        """Return the time until the next piece; None where there is none."""
        return max(0.0, self._begins - self._now()) * 1e3 if self._pieces else None

    def go_on(self) -> None:
        """Do one piece."""
        if self._pieces and next(self._pieces[0], None) is None:
            self._pieces.pop(0)
        self._latest = self._now() + MOST_SECONDS
