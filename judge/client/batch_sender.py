"""The sending of many programs in batches, apart from how a client waits.

Items that are refused because much is waiting already, or came in this minute, are sent again until they are taken or
the client's patience is over: the judge takes a batch as far as there is room.
"""

from collections.abc import Sequence

from judge.client import requests
from judge.client.faults import Refused
from judge.client.records import Item
from judge.client.retry import TRY_AGAIN, RetryPolicy


class Sending:
    """Which of `count` programs are still to be sent, and what became of the others, by their place."""

    def __init__(self, count: int, patience: float) -> None:
        self.items: dict[int, Item] = {}
        self._left = list(range(count))
        self._tries = RetryPolicy(patience)

    def next_places(self) -> Sequence[int]:
        """Return the places of the next batch; empty once nothing is left."""
        return self._left[: requests.BATCH]

    def pause_after(self, places: Sequence[int], found: Sequence[Item]) -> float:
        """Note the results of one batch, and return the seconds to wait before the next one."""
        self.items |= {
            place: Item(index=place, answer=item.answer, refused=item.refused)
            for place, item in zip(places, found, strict=True)
        }
        refusals = [self.items[place].refused for place in places]
        later = [place for place, each in zip(places, refusals, strict=True) if each and each.status in TRY_AGAIN]
        if len(later) < len(places):
            self._tries.succeeded()
        self._left = later + self._left[len(places) :]
        if not later:
            return 0.0
        try:
            return self._tries.pause_after(self.items[later[0]].refused)
        except Refused:
            self._left = self._left[len(later) :]  # they stay refused
            return 0.0
