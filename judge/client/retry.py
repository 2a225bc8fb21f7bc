"""How often a client tries again: while the judge is away, full or restarting, and not for ever."""

import random
import time

import httpx

from judge.client.faults import Refused, Unreachable

TRY_AGAIN = (429, 502, 503, 504)  # answers that another try may change
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0


class RetryPolicy:
    """The tries of one request; `patience` is how many seconds they may take from the last success."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.succeeded()

    def succeeded(self) -> None:
        """Begin to count anew."""
        self._count = 0
        self._deadline = time.monotonic() + self._patience

    def pause_after(self, error: Exception | None) -> float:
        """Seconds to wait before the next try. Raises Refused or Unreachable if there should be none."""
        if isinstance(error, Refused) and error.status not in TRY_AGAIN:
            raise error
        seconds = self._seconds(error)
        if time.monotonic() + seconds > self._deadline:
            if isinstance(error, Refused):
                raise error
            raise Unreachable(f"the judge can't be reached: {error or 'the connection ended'}") from error
        self._count += 1
        return seconds

    def _seconds(self, error: Exception | None) -> float:
        asked = error.retry_after if isinstance(error, Refused) else None
        own = min(FIRST_PAUSE_SECONDS * 2**self._count, LONGEST_PAUSE_SECONDS)
        return (own if asked is None else asked) * random.uniform(1.0, 1.2)  # noqa: S311 - no secret


FAILURES = (httpx.HTTPError, Refused)  # what a try may end with
