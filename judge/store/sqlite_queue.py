"""The queue of one process on one SQLite file: the table is the queue, an event wakes the worker.

<data>/judge.sqlite3       the store
<data>/judge.lock          held by the one process that owns it
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from judge.errors import StoreFault
from judge.store import retries
from judge.store.database import Connection, Database
from judge.store.queue import Handle, RetryLater
from judge.store.records import Status, Ticket
from judge.store.schema import judgings

POLL_SECONDS = 5.0  # fallback, in case a wake-up is lost
TROUBLE_SECONDS = 1.0  # pause after the table could not be read, or a handler failed

log = logging.getLogger(__name__)


@contextmanager
def owned(file: Path) -> Iterator[None]:
    """Own the SQLite file until the block ends. Raises StoreFault if another process does."""
    lock = os.open(file.with_name("judge.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _lock(lock, file.parent)
        yield
    finally:
        os.close(lock)


def _lock(lock: int, folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StoreFault(
            f"{folder} belongs to another judge process; end it, or set JUDGE_DATA to another directory, or"
            " JUDGE_DATABASE_URL to a PostgreSQL that many can share"
        ) from error


class SqliteQueue:
    """Claims from the judgings table in this process alone, which must own the file."""

    def __init__(self, database: Database, on_fault: retries.OnFault = lambda _: None) -> None:
        self._database = database
        self._on_fault = on_fault
        self._wake = asyncio.Event()
        self._drained = False  # at the last read, nothing was queued but what was handed out
        self._held: set[str] = set()  # handed out, and not to be handed out again for now

    async def open(self) -> None:
        """Release what ran when the file's last owner ended; read the table again when each delayed judging is due."""
        async with self._database.writing() as connection:
            interrupted = await retries.requeue_all(connection)
            times = await _retry_times(connection)
        for _ in range(interrupted):
            self._on_fault(retries.LOST)
        for time in times:
            seconds = (time - datetime.now(UTC)).total_seconds()
            asyncio.get_running_loop().call_later(max(0.0, seconds), self._wake.set)

    async def close(self) -> None:
        """Do nothing: the store closes the database."""

    async def put(self, connection: Connection, tickets: Sequence[Ticket]) -> None:
        """Do nothing: the rows themselves are the queue."""

    def wake(self) -> None:
        """Read the table again."""
        self._wake.set()

    async def work(self, handle: Handle, concurrency: int, grace_seconds: float) -> None:
        """See Queue.work."""
        free = asyncio.Semaphore(concurrency)
        running: set[asyncio.Task[None]] = set()
        try:
            while True:
                await free.acquire()
                try:
                    judging_id = await self._next()
                except BaseException:
                    free.release()
                    raise
                task = asyncio.create_task(self._handle(handle, judging_id, free), name=f"judging {judging_id}")
                running.add(task)
                task.add_done_callback(running.discard)
        finally:
            if running:
                _, late = await asyncio.wait(running, timeout=grace_seconds)
                for task in late:
                    task.cancel()
                await asyncio.gather(*late, return_exceptions=True)

    async def maintain(self) -> None:
        """Do nothing: the only worker is this process, and `open` brings back what the one before it had."""
        await asyncio.Event().wait()

    async def _next(self) -> str:
        while True:
            if self._drained and not self._wake.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), POLL_SECONDS)
            self._wake.clear()
            try:
                async with self._database.reading() as connection:
                    found = await _next_queued(connection, self._held, 2)
            except Exception:
                log.exception("can't read the queue")
                await asyncio.sleep(TROUBLE_SECONDS)
                continue
            self._drained = len(found) < 2  # then it is read again only after a wake
            if found:
                self._held.add(found[0])
                return found[0]

    async def _handle(self, handle: Handle, judging_id: str, free: asyncio.Semaphore) -> None:
        pause: float | None = None
        try:
            outcome = await handle(judging_id)
            if isinstance(outcome, RetryLater):
                pause = outcome.seconds
        except asyncio.CancelledError:
            pause = 0.0
            raise
        except Exception:
            log.exception("judging %s failed", judging_id)
            pause = TROUBLE_SECONDS
        finally:
            free.release()
            if pause is None:
                self._held.discard(judging_id)
            else:
                asyncio.get_running_loop().call_later(pause, self._unhold, judging_id)

    def _unhold(self, judging_id: str) -> None:
        self._held.discard(judging_id)
        self._wake.set()


async def _next_queued(connection: Connection, held: set[str], limit: int) -> list[str]:
    """Return the judgings that go next, without those that are `held` and those that are delayed."""
    table = judgings.c
    query = (
        sa.select(table.id)
        .where(table.status == Status.QUEUED, retries.is_due(), table.id.not_in(held) if held else sa.true())
        .order_by(table.priority.desc(), table.tag, table.id)
        .limit(limit)
    )
    return list((await connection.execute(query)).scalars())


async def _retry_times(connection: Connection) -> list[datetime]:
    """Return when the delayed judgings may be tried again."""
    table = judgings.c
    query = sa.select(table.not_before).where(table.status == Status.QUEUED, table.not_before.is_not(None)).distinct()
    return list((await connection.execute(query)).scalars())
