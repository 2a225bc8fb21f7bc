"""The state of sending many programs in batches, shared by both clients.

The judge accepts a batch as far as there is room. Items that it refuses because its queue or a rate limit is full are
sent again until they are accepted or the client's patience is over.
"""

from collections.abc import Sequence

from judge.client import requests
from judge.client.faults import Refused
from judge.client.records import Item
from judge.client.retry import RETRIED_STATUSES, RetryPolicy


class BatchSender:
    """Keeps the places of the programs that are still to be sent, and the items of the others by their place."""

    def __init__(self, count: int, patience: float) -> None:
        self.items: dict[int, Item] = {}
        self._left = list(range(count))
        self._retries = RetryPolicy(patience)

    def next_places(self) -> Sequence[int]:
        """Return the places of the next batch; empty when all are sent."""
        return self._left[: requests.BATCH]

    def pause_after(self, places: Sequence[int], found: Sequence[Item]) -> float:
        """Record the results of one batch, and return the seconds to wait before the next one."""
        self.items |= {
            place: Item(index=place, answer=item.answer, refused=item.refused)
            for place, item in zip(places, found, strict=True)
        }
        refusals = [self.items[place].refused for place in places]
        later = [
            place for place, each in zip(places, refusals, strict=True) if each and each.status in RETRIED_STATUSES
        ]
        if len(later) < len(places):
            self._retries.succeeded()
        self._left = later + self._left[len(places) :]
        if not later:
            return 0.0
        try:
            return self._retries.pause_after(self.items[later[0]].refused)
        except Refused:
            self._left = self._left[len(later) :]  # these stay refused
            return 0.0
