"""The queue between the store and the workers: the promises of both kinds.

A judging's row holds its state. A queue only brings its id to a worker: at least once, and again when the worker is
lost. That a judging gets one verdict is ensured by the store (`Judgings.finish`).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from judge.store.database import Connection
from judge.store.records import Ticket


@dataclass(frozen=True, kw_only=True)
class Done:
    """The judging is finished here: it has its verdict, was cancelled, or is another worker's."""


@dataclass(frozen=True, kw_only=True)
class RetryLater:
    """The judging was released: bring it again in `seconds`."""

    seconds: float


Outcome: TypeAlias = Done | RetryLater
Handle = Callable[[str], Awaitable[Outcome]]  # judges one judging by its id


class Queue(Protocol):
    """Brings queued judgings to handlers. Both implementations pass tests/integration/test_queue_conformance.py."""

    async def open(self) -> None:
        """Prepare to work, on a database that is migrated."""
        ...

    async def close(self) -> None:
        """Close every connection of the queue's own."""
        ...

    async def put(self, connection: Connection, tickets: Sequence[Ticket]) -> None:
        """Queue judgings inside the transaction that inserts them."""
        ...

    def wake(self) -> None:
        """Look for judgings at once: some were put and committed."""
        ...

    async def work(self, handle: Handle, concurrency: int, grace_seconds: float) -> None:
        """Hand out judgings, `concurrency` at a time, until cancelled.

        A judging whose handler raises an exception is brought again. Once cancelled, it hands out nothing more, gives
        the handlers `grace_seconds` to finish, cancels those that have not, and returns when they have ended.
        """
        ...

    async def maintain(self) -> None:
        """Bring back what lost workers had, until cancelled; safe on many machines at once."""
        ...
