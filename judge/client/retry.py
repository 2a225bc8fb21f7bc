"""Retry policy of the clients: while the judge is unreachable, full or restarting, with growing pauses."""

import logging
import random
import time

import httpx

from judge.client.faults import Refused, unreachable

RETRIED_STATUSES = (429, 502, 503, 504)  # errors that may be temporary
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0

log = logging.getLogger(__name__)


class RetryPolicy:
    """The retries of one request, for at most `patience` seconds since the last success."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.succeeded()

    def succeeded(self) -> None:
        """Reset the count and the deadline."""
        self._count = 0
        self._deadline = time.monotonic() + self._patience

    def pause_after(self, error: Exception | None) -> float:
        """Return the seconds to wait before the next attempt. Raises Refused or Unreachable if there is none."""
        if isinstance(error, Refused) and error.status not in RETRIED_STATUSES:
            raise error
        seconds = self._seconds(error)
        if time.monotonic() + seconds > self._deadline:
            if isinstance(error, Refused):
                raise error
            raise unreachable(error) from error
        if self._count == 0 and isinstance(error, httpx.ConnectError):
            log.warning("%s; trying again for %.0f s", unreachable(error), self._deadline - time.monotonic())
        self._count += 1
        return seconds

    def _seconds(self, error: Exception | None) -> float:
        asked = error.retry_after if isinstance(error, Refused) else None
        own = min(FIRST_PAUSE_SECONDS * 2**self._count, LONGEST_PAUSE_SECONDS)
        return (own if asked is None else asked) * random.uniform(1.0, 1.2)  # noqa: S311 - no secret


FAILURES = (httpx.HTTPError, Refused)  # after which a request may be retried
