"""The queue between the store and the workers: what both kinds promise.

A judging's row says where it stands; a queue only brings its id to a worker: at least once, and again when the worker
is lost. That a judging gets one verdict is the store's business (`judgings.finish`).
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from judge.store.database import Connection
from judge.store.records import Ticket

Handle = Callable[[str], Awaitable[None]]  # judges one judging by its id; may raise Again


class RetryLater(Exception):
    """Raised by a handler whose judging is back in the queue: bring it again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class Queue(Protocol):
    """Brings queued judgings to handlers. Both implementations pass tests/integration/test_queue_conformance.py."""

    async def open(self) -> None:
        """Get ready, on a database that is migrated."""
        ...

    async def close(self) -> None:
        """Let go of everything."""
        ...

    async def put(self, connection: Connection, tickets: Sequence[Ticket]) -> None:
        """Queue judgings inside the transaction that inserts them."""
        ...

    def wake(self) -> None:
        """Look again: something was put and committed."""
        ...

    async def work(self, handle: Handle, concurrency: int, grace_seconds: float) -> None:
        """Hand out judgings, `concurrency` at a time, until cancelled.

        Cancelled, it takes nothing more, gives the handlers `grace_seconds` to finish, cancels those that have not,
        and returns when they have ended.
        """
        ...

    async def maintain(self) -> None:
        """Bring back what lost workers had, until cancelled; never behind a judging, and safe on many machines."""
        ...
