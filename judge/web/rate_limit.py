"""The limit of submissions per minute and client network: a token bucket for each, in this process's memory.

With PostgreSQL each server counts only its own requests. Queued submissions are counted in the store
(judge.store.admission).
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from judge.web.problem_details import Refusal

BURST_MINUTES = 2.0  # a bucket holds the tokens of two minutes, so that a batch of 1,000 and its repeat pass
MOST_NETWORKS = 20_000  # buckets kept; beyond, the network that was silent longest gets a full one again


@dataclass
class _Bucket:
    tokens: float
    at: float  # seconds of the clock at which `tokens` was right


class Rates:
    """All buckets. `a_minute` is the number of submissions per minute of a network; 0 means no limit."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_minute = a_minute
        self._a_second = a_minute / 60
        self._size = a_minute * BURST_MINUTES
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()  # the network that was silent longest is the first

    def take(self, network: str, wanted: int = 1) -> int:
        """Take up to `wanted` tokens of a network's bucket, and return the number taken."""
        if not self._size:
            return wanted
        bucket = self._filled(network)
        taken = min(wanted, int(bucket.tokens))
        bucket.tokens -= taken
        return taken

    def refusal(self, network: str) -> Refusal:
        """Return the answer to a submission for which the bucket had no token."""
        return Refusal(
            429,
            "too-many-submissions",
            f"your network has reached its limit of {self._a_minute:,} submissions per minute",
            retry_after=self._seconds_until_next(network),
        )

    def _seconds_until_next(self, network: str) -> int:
        return max(1, math.ceil((1 - self._filled(network).tokens) / self._a_second))

    def _filled(self, network: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.pop(network, None) or _Bucket(self._size, now)
        bucket.tokens = min(self._size, bucket.tokens + (now - bucket.at) * self._a_second)
        bucket.at = now
        self._buckets[network] = bucket
        if len(self._buckets) > MOST_NETWORKS:
            self._buckets.popitem(last=False)
        return bucket
