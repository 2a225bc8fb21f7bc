"""The queue of many machines on one PostgreSQL: procrastinate claims jobs, sends heartbeats, brings back lost jobs."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

import procrastinate
import sqlalchemy as sa
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job

from judge.store import retries
from judge.store.database import KEEPALIVE, Connection, Database
from judge.store.postgres_database import PostgresConnection
from judge.store.queue import Handle, RetryLater
from judge.store.records import LIVE, Ticket
from judge.store.schema import judgings

QUEUE = "judge"
TASK = "judge"
CLASS = 100_000_000  # distance between two priorities; a fair tag stays far below it
POLL_SECONDS = 1.0  # how soon a judging that comes back is seen: only new ones are notified
REAP_SECONDS = 2.0
RECONCILE_SECONDS = 60.0
RECONCILE_AFTER_SECONDS = 60.0  # younger ones may only be between two transactions
RESTART_SECONDS = 0.5  # pause before a worker whose database went away tries again
REAPER_LOCK = 0x6A756467  # advisory lock: one reaper at a time is enough
POOL_EXTRA = 3  # connections beside one a slot: fetch, heartbeat, listen

log = logging.getLogger(__name__)


class _Postponed(Exception):
    """The translation of RetryLater: procrastinate retries jobs that raise."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


class _RetryAlways(procrastinate.BaseRetryStrategy):
    """Retries every job that raises: it is the claim that counts the attempts and ends them."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision:
        """Retry in the seconds of RetryLater, at once for a worker that stops, else in one second."""
        seconds = exception.seconds if isinstance(exception, _Postponed) else 0.0
        if not isinstance(exception, _Postponed | asyncio.CancelledError):
            log.error("judging %s failed", job.task_kwargs.get("judging_id"), exc_info=exception)
            seconds = 1.0
        return procrastinate.RetryDecision(retry_in={"seconds": round(seconds)} if seconds else None)


class PostgresQueue:
    """Jobs that are inserted in the same transaction as their submission, for workers anywhere."""

    def __init__(
        self,
        database: Database,
        dsn: str,
        heartbeat_seconds: float,
        stall_seconds: float,
        on_fault: retries.OnFault = lambda _: None,
    ) -> None:
        self._database = database
        self._on_fault = on_fault
        self._heartbeat = heartbeat_seconds
        self._stall = stall_seconds
        connector = procrastinate.PsycopgConnector(conninfo=dsn, kwargs=KEEPALIVE, min_size=1, max_size=POOL_EXTRA + 8)
        self._app = procrastinate.App(connector=connector)
        self._handle: Handle | None = None
        self._task = self._app.task(name=TASK, queue=QUEUE, retry=_RetryAlways())(self._run)
        logging.getLogger("procrastinate").setLevel(logging.ERROR)  # it logs every job; we log every judging

    async def open(self) -> None:
        """Open procrastinate's own connections."""
        await self._app.open_async()

    async def close(self) -> None:
        """Close procrastinate's own connections."""
        await self._app.close_async()

    async def put(self, connection: Connection, tickets: Sequence[Ticket]) -> None:
        """Defer the jobs on the transaction's own connection."""
        if not tickets:
            return
        assert isinstance(connection, PostgresConnection)
        raw = (await connection.inner.get_raw_connection()).driver_connection
        jobs = [
            self._task.configure(
                priority=ticket.priority * CLASS - ticket.tag,
                queueing_lock=ticket.judging_id,
                task_kwargs={"judging_id": ticket.judging_id},
            ).job
            for ticket in tickets
        ]
        await self._app.job_manager.batch_defer_jobs_async(jobs, connection=raw)

    def wake(self) -> None:
        """Do nothing: inserting a job notifies the workers."""

    async def work(self, handle: Handle, concurrency: int, grace_seconds: float) -> None:
        """See Queue.work. procrastinate's worker ends when the database goes away; it is started again."""
        self._handle = handle
        while True:
            try:
                await self._app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=concurrency,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL_SECONDS,
                    shutdown_graceful_timeout=grace_seconds,
                    delete_jobs="always",
                    update_heartbeat_interval=self._heartbeat,
                    stalled_worker_timeout=self._stall,
                )
            except Exception as error:
                log.warning("no jobs are accepted for now: %s", _root(error))
            await asyncio.sleep(RESTART_SECONDS)

    async def maintain(self) -> None:
        """Give the jobs of silent workers to others; queue again what has no job at all."""
        next_reconcile = 0.0
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with self._database.writing() as connection:
                    lock = sa.select(sa.func.pg_try_advisory_xact_lock(REAPER_LOCK))
                    if (await connection.execute(lock)).scalar_one():
                        await self._reap()
                        if loop.time() >= next_reconcile:
                            next_reconcile = loop.time() + RECONCILE_SECONDS
                            await self.reconcile(connection, RECONCILE_AFTER_SECONDS)
            except Exception as error:
                log.warning("can't look for lost judgings: %s", _root(error))
            await asyncio.sleep(REAP_SECONDS)

    async def reconcile(self, connection: Connection, older_seconds: float) -> int:
        """Queue again every live judging without a job, as after a restore. Returns how many there were."""
        table = judgings.c
        no_job = sa.text(
            "NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.queueing_lock = judgings.id"
            " AND j.status IN ('todo', 'doing'))"
        )
        old = table.created < sa.func.now() - sa.func.make_interval(0, 0, 0, 0, 0, 0, older_seconds)
        query = sa.select(table.id, table.priority, table.tag).where(table.status.in_(LIVE), old, no_job)
        lost = [
            Ticket(judging_id=row.id, priority=row.priority, tag=row.tag) for row in await connection.execute(query)
        ]
        if lost:
            log.warning("%d judgings had no job; they are queued again", len(lost))
            await self.put(connection, lost)
        return len(lost)

    async def _run(self, judging_id: str) -> None:
        assert self._handle is not None
        outcome = await self._handle(judging_id)
        if isinstance(outcome, RetryLater):
            raise _Postponed(outcome.seconds)

    async def _reap(self) -> None:
        """Queue the judgings of silent workers again, in a transaction of their own, and only then their jobs."""
        stalled = await self._app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=self._stall)
        jobs = [(job, str(job.task_kwargs.get("judging_id"))) for job in stalled]
        async with self._database.writing() as connection:
            count = await retries.requeue_silent(connection, self._stall)
            for _, judging_id in jobs:
                # The worker's own heartbeat may be some seconds younger than procrastinate's for the same process.
                count += await retries.requeue_one(connection, judging_id, self._stall / 2)
            times = [await retries.not_before(connection, judging_id) for _, judging_id in jobs]
        for _ in range(count):
            self._on_fault(retries.LOST)
        for (job, judging_id), time in zip(jobs, times, strict=True):
            log.warning("judging %s was lost with its worker; another takes it", judging_id)
            with suppress(ConnectorException):  # it ended meanwhile
                await self._app.job_manager.retry_job(job, retry_at=time)


def _root(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).strip() or type(error).__name__
