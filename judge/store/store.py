"""The store: everything the judge remembers, and the queue, behind one object.

Each method is one transaction. Any of them raises StoreFault when the database can't be reached; nothing was written
then, except that the outcome of a commit that was cut off is unknown (an idempotency key makes the repeat safe).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import procrastinate.exceptions
import psycopg
import sqlalchemy as sa

from judge.errors import StoreFault, UnknownSubmission
from judge.store import fair_queue, judgings, queries, rejudges, retries, sample_values, secrets, webhooks, workers
from judge.store.database import Connection, open_database
from judge.store.faults import NotQueued
from judge.store.migrate import migrate, newest
from judge.store.notifications import Bus, Inbox, LocalBus, Notification, PostgresBus
from judge.store.postgres_queue import PostgresQueue
from judge.store.queue import Queue
from judge.store.records import (
    LIVE,
    ClaimedJudging,
    Depth,
    DueWebhook,
    Filter,
    NewSubmission,
    Receipt,
    Rejudge,
    Status,
    SubmissionRecord,
    Ticket,
    WorkerRow,
)
from judge.store.sqlite_queue import EmbeddedQueue, owned
from judge.verdict import Json

REREAD_SECONDS = 2.0  # a waiting client looks again this often, whether it heard anything or not
IDEMPOTENCY_TRIES = 3  # two requests with one new key at once: one of them has to look again

log = logging.getLogger(__name__)


@dataclass
class _Transaction:
    connection: Connection
    notes: list[Notification] = field(default_factory=list)


class Store:
    """Open it with `open_store`.

    `hidden_seed` is the fingerprint of the secret that hidden cases are drawn from now, "" where there is none:
    judgings are shared, and compared, only among those of one secret.
    """

    def __init__(
        self,
        url: str,
        room: fair_queue.QueueLimits,
        heartbeat_seconds: float,
        stall_seconds: float,
        on_fault: retries.OnFault = lambda _: None,
    ) -> None:
        self._database = open_database(url)
        self._room = room
        self._stall = stall_seconds
        self._on_fault = on_fault
        self.hidden_seed = ""
        self.embedded = self._database.kind == "sqlite"
        self.queue: Queue
        self.bus: Bus
        if self.embedded:
            self.queue = EmbeddedQueue(self._database, on_fault)
            self.bus = LocalBus()
        else:
            dsn = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
            self.queue = PostgresQueue(self._database, dsn, heartbeat_seconds, stall_seconds, on_fault)
            self.bus = PostgresBus(dsn)

    async def close(self) -> None:
        """Close every connection."""
        await self.queue.close()
        await self._database.close()

    # --- submissions

    async def submit(self, new: NewSubmission) -> Receipt:
        """Take one submission in; once this returns it is never lost.

        Raises QueueFull, SubmitterFull, NetworkFull or KeyReused.
        """
        result = (await self.submit_many([new]))[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def submit_many(self, news: Sequence[NewSubmission]) -> list[Receipt | Exception]:
        """Take many in, in one transaction: one result an item, which may be an exception that `submit` raises."""
        for left in reversed(range(IDEMPOTENCY_TRIES)):
            try:
                async with self._writing() as tx:
                    results, tickets = await fair_queue.take(tx.connection, news, self._room, self.hidden_seed)
                    await self.queue.put(tx.connection, tickets)
            except sa.exc.IntegrityError:
                if not left:
                    raise
            else:
                if tickets:
                    self.queue.wake()
                return results
        raise AssertionError("unreachable")

    async def submission(self, submission_id: str) -> SubmissionRecord:
        """One submission, with source and report. Raises UnknownSubmission."""
        async with self._reading() as connection:
            stored = await queries.submission(connection, submission_id)
        if stored is None:
            raise UnknownSubmission
        return stored

    async def submissions(self, chosen: Filter, before: str | None, limit: int) -> list[SubmissionRecord]:
        """The newest submissions of a filter, older than the one with the id `before`; without sources and reports."""
        async with self._reading() as connection:
            return await queries.many(connection, chosen, before, limit)

    async def position(self, stored: SubmissionRecord) -> int | None:
        """The place in the queue, 1 being next; None for what does not wait."""
        async with self._reading() as connection:
            return await queries.position(connection, stored)

    async def history(self, stored: SubmissionRecord) -> list[dict[str, Any]]:
        """The judgings that a submission has had, newest first."""
        async with self._reading() as connection:
            return await queries.history(connection, stored)

    async def wait(self, submission_id: str, seconds: float) -> SubmissionRecord:
        """The submission once it is done or cancelled, or as it stands after `seconds`. Raises UnknownSubmission."""
        stored = await self.submission(submission_id)
        if stored.status not in LIVE or not seconds:
            return stored
        return await self.wait_for_new(submission_id, stored.judging_id, seconds) or stored

    async def wait_for_new(self, submission_id: str, judging_id: str, seconds: float) -> SubmissionRecord | None:
        """The same for a submission that was live a moment ago: no look is wasted on it before there is news.

        None if the store was away all the time.
        """
        loop = asyncio.get_running_loop()
        deadline, stored = loop.time() + seconds, None
        with self.bus.inboxes.listen(judging_id) as inbox:
            while stored is None or (stored.status in LIVE and loop.time() < deadline and not self.bus.inboxes.closed):
                await _news(inbox, min(deadline, loop.time() + REREAD_SECONDS))
                with suppress(StoreFault):
                    stored = await self.submission(submission_id)
                if loop.time() >= deadline:
                    break
        return stored

    async def cancel(self, submission_id: str) -> SubmissionRecord:
        """Cancel what is still queued. Raises UnknownSubmission or NotQueued."""
        async with self._writing() as tx:
            cancelled = await judgings.cancel(tx.connection, submission_id)
            if cancelled:
                tx.notes.append(Notification(kind="cancelled", judging_id=cancelled[0]))
        stored = await self.submission(submission_id)
        if not cancelled and stored.status is not Status.CANCELLED:
            raise NotQueued(f"the submission is {stored.status} already")
        return stored

    # --- judgings, for workers

    async def claim(self, judging_id: str, worker: str) -> ClaimedJudging | None:
        """Take a judging; None if there is nothing to do: it has its verdict, was cancelled, or is given up now."""
        async with self._writing() as tx:
            claimed = await judgings.claim(tx.connection, judging_id, worker)
            if isinstance(claimed, ClaimedJudging):
                tx.notes.append(Notification(kind="started", judging_id=judging_id))
            elif claimed:
                tx.notes.append(Notification(kind="done", judging_id=judging_id, data={"webhooks": claimed.webhooks}))
        if isinstance(claimed, judgings.GivenUp) and claimed.poison:
            log.error("judging %s is given up: its worker was lost each time that it ran alone", judging_id)
            self._on_fault(retries.POISON)
        return claimed if isinstance(claimed, ClaimedJudging) else None

    async def start_alone(self, judging_id: str, worker: str) -> bool:
        """Begin a claimed judging that has the worker to itself; False if it is somebody else's by now."""
        async with self._writing() as tx:
            return await judgings.start_alone(tx.connection, judging_id, worker)

    async def finish(self, judging_id: str, report: Mapping[str, Json]) -> bool:
        """Store the verdict; False if there was one already."""
        async with self._writing() as tx:
            due = await judgings.finish(tx.connection, judging_id, report, self.hidden_seed)
            if due is not None:
                tx.notes.append(Notification(kind="done", judging_id=judging_id, data={"webhooks": due}))
        return due is not None

    async def release(
        self, judging_id: str, worker: str, reason: str, *, counted: bool, fault: bool = False, after: float = 0.0
    ) -> bool:
        """Put a claimed judging back into the queue for `after` seconds.

        `counted` if the attempt was used up, `fault` if the judge or its host failed: see judgings.release.
        """
        async with self._writing() as tx:
            returned = await judgings.release(
                tx.connection, judging_id, worker, reason, counted=counted, fault=fault, after=after
            )
            if returned:
                tx.notes.append(Notification(kind="queued", judging_id=judging_id))
        return returned

    async def notify(self, note: Notification) -> None:
        """Send a note that belongs to no change: the progress of a judging."""
        if self.embedded:
            self.bus.after_commit([note])
            return
        async with self._writing() as tx:
            tx.notes.append(note)

    # --- rejudges

    async def begin_rejudge(self, problem: str, package: str, verdicts: Sequence[str]) -> Rejudge:
        """Judge a problem's submissions again, without changing their verdicts yet."""
        async with self._writing() as tx:
            rejudge_id, tickets = await rejudges.begin(tx.connection, problem, package, verdicts, self.hidden_seed)
            await self._put_in_pieces(tx.connection, tickets)
        self.queue.wake()
        return await self.rejudge(rejudge_id)

    async def rejudge(self, rejudge_id: str) -> Rejudge:
        """What a rejudge would change, as far as it has come. Raises UnknownRejudge."""
        async with self._reading() as connection:
            return await rejudges.preview(connection, rejudge_id)

    async def close_rejudge(self, rejudge_id: str, *, apply: bool) -> Rejudge:
        """Apply a finished rejudge or throw it away. Raises UnknownRejudge, RejudgeClosed, RejudgeRunning."""
        async with self._writing() as tx:
            await (rejudges.apply if apply else rejudges.cancel)(tx.connection, rejudge_id)
        return await self.rejudge(rejudge_id)

    # --- workers and webhooks

    async def describe_worker(self, row: WorkerRow) -> None:
        """Write a worker's row with a fresh heartbeat."""
        async with self._writing() as tx:
            await workers.describe(tx.connection, row)

    async def forget_workers(self, worker: str | None = None) -> None:
        """Delete one worker's row, or those of all that are long gone."""
        async with self._writing() as tx:
            await workers.forget(tx.connection, worker)

    async def workers(self) -> list[WorkerRow]:
        """Every worker as it last described itself."""
        async with self._reading() as connection:
            return await workers.listed(connection, self._stall)

    async def due_webhooks(
        self, limit: int, *, without_hosts: Collection[str] = (), without_networks: Collection[str] = ()
    ) -> list[DueWebhook]:
        """Take webhooks that are due, but for those of the hosts and client networks that are named."""
        async with self._writing() as tx:
            return await webhooks.take_due(tx.connection, limit, without_hosts, without_networks)

    async def settle_webhook(self, webhook_id: str, error: str, again_in: float | None) -> None:
        """Note what became of a webhook: see outbox.settle."""
        async with self._writing() as tx:
            await webhooks.settle(tx.connection, webhook_id, error, again_in)

    # --- what references give

    async def sample_answers(self, package: str) -> dict[str, Json] | None:
        """By the name of each sample of `package`, a digest, its expected value; None while no worker has told."""
        async with self._reading() as connection:
            return await sample_values.known(connection, package)

    async def keep_sample_answers(self, package: str, samples: Mapping[str, Json]) -> None:
        """Remember them; what another worker has told stands."""
        with suppress(sa.exc.IntegrityError):
            async with self._writing() as tx:
                await sample_values.keep(tx.connection, package, samples)

    # --- secrets

    async def shared_secret(self, name: str, new: str) -> str:
        """The secret `name` that all machines share: `new`, unless there is one already."""
        with suppress(sa.exc.IntegrityError):  # another machine was faster
            async with self._writing() as tx:
                await secrets.keep(tx.connection, name, new)
        async with self._reading() as connection:
            return await secrets.known(connection, name) or new

    # --- figures

    async def depth(self) -> Depth:
        """How full the queue is."""
        async with self._reading() as connection:
            return await queries.depth(connection)

    async def problem_figures(self, problem: str, limit: int) -> tuple[dict[str, int], list[float]]:
        """Submissions by verdict, and the times in milliseconds of the newest accepted ones."""
        async with self._reading() as connection:
            counts = await queries.verdict_counts(connection, problem)
            return counts, await queries.accepted_times(connection, problem, limit)

    async def attempts(self, submitter: str) -> dict[str, bool]:
        """The problems that a submitter has tried, and whether any try was accepted."""
        async with self._reading() as connection:
            return await queries.attempts(connection, submitter)

    async def migrated(self) -> bool:
        """Whether the database has the schema that this version needs."""
        async with self._reading() as connection:
            revision = (await connection.execute(sa.text("SELECT version_num FROM alembic_version"))).scalar()
        return revision == newest()

    # --- transactions

    async def _put_in_pieces(self, connection: Connection, tickets: Sequence[Ticket], size: int = 1_000) -> None:
        for start in range(0, len(tickets), size):
            await self.queue.put(connection, tickets[start : start + size])

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[_Transaction]:
        with _faults():
            async with self._database.writing() as connection:
                tx = _Transaction(connection)
                yield tx
                await self.bus.before_commit(connection, tx.notes)
        self.bus.after_commit(tx.notes)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Connection]:
        with _faults():
            async with self._database.reading() as connection:
                yield connection


async def _news(inbox: Inbox, until: float) -> None:
    """Wait for a note that matters to someone who waits for the end."""
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            while (await inbox.get()).kind in {"started", "cases"}:
                pass


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except (
        sa.exc.DBAPIError,
        sa.exc.TimeoutError,
        psycopg.Error,
        procrastinate.exceptions.ConnectorException,
        OSError,
    ) as error:
        raise StoreFault(f"the database can't be used now: {_first_line(error)}") from error


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error.__cause__ or error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]


@asynccontextmanager
async def open_store(
    url: str,
    *,
    queue_limit: int,
    submitter_limit: int,
    heartbeat_seconds: float,
    stall_seconds: float,
    on_fault: retries.OnFault = lambda _: None,
    network_limit: int | None = None,
) -> AsyncIterator[Store]:
    """A store that is brought to this version's schema, and listens for news until the block ends.

    `on_fault` is called with the kind of each fault of the judge that the store notices. Raises StoreFault if another
    process owns the SQLite file, or the database can't be used.
    """
    room = fair_queue.QueueLimits(total=queue_limit, submitter=submitter_limit, network=network_limit)
    async with AsyncExitStack() as stack:
        file = Path(sa.make_url(url).database or "")
        if url.startswith("sqlite"):
            file.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(owned(file))
        with _faults():
            await asyncio.to_thread(migrate, url)
        store = Store(url, room, heartbeat_seconds, stall_seconds, on_fault)
        stack.push_async_callback(store.close)
        with _faults():
            await store.queue.open()
        listening = asyncio.create_task(store.bus.run(), name="news")
        stack.push_async_callback(_end, listening)
        yield store


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
