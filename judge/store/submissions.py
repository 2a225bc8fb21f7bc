"""Submissions: admitted, read, followed until their verdict, stopped."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from typing import Any

import sqlalchemy as sa

from judge.errors import StoreFault, UnknownSubmission
from judge.store import retries
from judge.store.admission import QueueLimits, admit
from judge.store.faults import AlreadyJudged, NotQueued
from judge.store.notifications import PROGRESS, Notifications, next_change
from judge.store.queue import Queue
from judge.store.records import LIVE, Filter, NewSubmission, Receipt, Status, SubmissionRecord, Taught
from judge.store.schema import judgings, submissions
from judge.store.stop import stop
from judge.store.stored_report import with_report
from judge.store.transactions import Transactions

REREAD_SECONDS = 2.0  # a submission that is followed is read again this often, also without a notification
IDEMPOTENCY_TRIES = 3  # two requests with one new key at once: one of them has to start again

_STATUS = sa.case((submissions.c.cancelled.is_not(None), str(Status.CANCELLED)), else_=judgings.c.status)
_COLUMNS = (
    submissions.c.id,
    submissions.c.problem,
    submissions.c.submitter,
    submissions.c.owner,
    _STATUS.label("status"),
    submissions.c.judging_id,
    judgings.c.attempts,
    judgings.c.faults,
    sa.case((judgings.c.status == Status.QUEUED, judgings.c.not_before)).label("retry_at"),
    judgings.c.priority,
    judgings.c.tag,
    judgings.c.seed,
    judgings.c.samples_only,
    judgings.c.own_cases,
    submissions.c.created,
    judgings.c.started,
    judgings.c.finished,
    judgings.c.verdict,
    judgings.c.score,
    judgings.c.time_ms,
    judgings.c.memory_mb,
    judgings.c.lane,
    judgings.c.worker,
    judgings.c.reason,
    judgings.c.summary,
    (judgings.c.submission_id != submissions.c.id).label("shared"),
)
_LARGE = (  # a report is parsed only where it is read
    submissions.c.source,
    sa.cast(judgings.c.report, sa.Text).label("report"),
)
_JOINED = submissions.join(judgings, judgings.c.id == submissions.c.judging_id)


class Submissions:
    """The submissions of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(
        self,
        transactions: Transactions,
        queue: Queue,
        notifications: Notifications,
        limits: QueueLimits,
        hidden_seed: Callable[[], str],
    ) -> None:
        self._transactions = transactions
        self._queue = queue
        self._notifications = notifications
        self._hidden_seed = hidden_seed
        self.limits = limits

    async def submit(self, new: NewSubmission) -> Receipt:
        """Store one submission and queue it; once this returns it is never lost.

        Raises QueueFull, SubmitterFull, NetworkFull, SeedsFull or KeyReused.
        """
        result = (await self.submit_many([new]))[0]
        if isinstance(result, Exception):
            raise result
        return result

    async def submit_many(self, new_submissions: Sequence[NewSubmission]) -> list[Receipt | Exception]:
        """Store many in one transaction; return one result each, which may be an exception that `submit` raises."""
        for left in reversed(range(IDEMPOTENCY_TRIES)):
            try:
                async with self._transactions.writing() as tx:
                    results, tickets = await admit(tx.connection, new_submissions, self.limits, self._hidden_seed())
                    await self._queue.put(tx.connection, tickets)
            except sa.exc.IntegrityError:
                if not left:
                    raise
            else:
                if tickets:
                    self._queue.wake()
                return results
        raise AssertionError("unreachable")

    async def get(self, submission_id: str) -> SubmissionRecord:
        """Return one submission with its source and, once done, its report. Raises UnknownSubmission."""
        query = sa.select(*_COLUMNS, *_LARGE).select_from(_JOINED)
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query.where(submissions.c.id == submission_id))).one_or_none()
        if row is None:
            raise UnknownSubmission
        return await with_report(_record(row))

    async def find(
        self, chosen: Filter, before: str | None, limit: int, *, full: bool = False
    ) -> list[SubmissionRecord]:
        """Return the newest submissions of a filter that are older than the one with the id `before`.

        They come without sources and reports unless they are asked for in `full`.
        """
        columns = (*_COLUMNS, *_LARGE) if full else _COLUMNS
        query = sa.select(*columns).select_from(_JOINED).order_by(submissions.c.id.desc()).limit(limit)
        if before:
            query = query.where(submissions.c.id < before)
        if chosen.problem:
            query = query.where(submissions.c.problem == chosen.problem)
        if chosen.submitter:
            query = query.where(submissions.c.submitter == chosen.submitter)
        if chosen.owners is not None:
            query = query.where(sa.or_(submissions.c.owner.in_(chosen.owners), *map(_is_taught, chosen.taught)))
        if chosen.verdict:
            query = query.where(judgings.c.verdict == chosen.verdict)
        if chosen.attempts_only:
            query = query.where(submissions.c.cancelled.is_(None), ~judgings.c.samples_only)
        if chosen.status:
            query = query.where(_STATUS == chosen.status)  # noqa: SIM300 - the column has the operator
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [await with_report(_record(row)) if full else _record(row) for row in rows]

    async def position(self, stored: SubmissionRecord) -> int | None:
        """Return the place in the queue, from 1; None if it is not queued. Delayed judgings are not counted."""
        if stored.status is not Status.QUEUED:
            return None
        table = judgings.c
        earlier = sa.or_(
            table.priority > stored.priority,
            sa.and_(table.priority == stored.priority, table.tag < stored.tag),
            sa.and_(table.priority == stored.priority, table.tag == stored.tag, table.id < stored.judging_id),
        )
        query = sa.select(sa.func.count()).select_from(judgings)
        query = query.where(table.status == Status.QUEUED, earlier, retries.is_due())
        async with self._transactions.reading() as connection:
            return int((await connection.execute(query)).scalar_one()) + 1

    async def history(self, stored: SubmissionRecord) -> list[dict[str, Any]]:
        """Return the judgings of a submission, newest first, without rejudges that were not applied."""
        table = judgings.c
        columns = (
            table.id,
            table.status,
            table.verdict,
            table.finished,
            table.package,
            table.rejudge_id,
            table.replaces,
        )
        found: list[dict[str, Any]] = []
        judging_id: str | None = stored.judging_id
        async with self._transactions.reading() as connection:
            while judging_id is not None:
                row = (await connection.execute(sa.select(*columns).where(table.id == judging_id))).one()
                found.append(dict(row._mapping))
                judging_id = row.replaces
        return found

    # --- following

    async def follow(
        self, submission_id: str, judging_id: str, seconds: float, *, end_only: bool = False
    ) -> AsyncGenerator[SubmissionRecord, None]:
        """Yield a submission now, and whenever it may have changed, until it is done or cancelled.

        Ends also after `seconds`, with a last read, and when the judge stops. With `end_only`, for a submission that
        was live a moment ago: skips the first read, reads nothing for notifications of progress, and goes on where
        the database is away for a while.

        Raises UnknownSubmission, StoreFault.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + seconds
        ignored = PROGRESS if end_only else frozenset()
        with self._notifications.listen(judging_id) as inbox:
            if end_only:
                await next_change(inbox, min(deadline, clock() + REREAD_SECONDS), ignored)
            while True:
                stored = await self._get_again(submission_id, patient=end_only)
                if stored is not None:
                    yield stored
                    if stored.status not in LIVE:
                        return
                if clock() >= deadline or self._notifications.closed:
                    return
                await next_change(inbox, min(deadline, clock() + REREAD_SECONDS), ignored)

    async def _get_again(self, submission_id: str, *, patient: bool) -> SubmissionRecord | None:
        try:
            return await self.get(submission_id)
        except StoreFault:
            if not patient:
                raise
            return None

    async def wait(self, submission_id: str, seconds: float) -> SubmissionRecord:
        """Return a submission once it is done or cancelled, or in its state after `seconds`.

        Raises UnknownSubmission.
        """
        stored = await self.get(submission_id)
        if stored.status not in LIVE or not seconds:
            return stored
        return await self.wait_for_end(submission_id, stored.judging_id, seconds) or stored

    async def wait_for_end(self, submission_id: str, judging_id: str, seconds: float) -> SubmissionRecord | None:
        """Wait for the end of a submission that was live a moment ago. Skips the first read.

        Returns its state then, or after `seconds`; None if the database was away all the time.
        """
        last: SubmissionRecord | None = None
        async for stored in self.follow(submission_id, judging_id, seconds, end_only=True):
            last = stored
        return last

    # --- stopping

    async def cancel(self, submission_id: str) -> SubmissionRecord:
        """Cancel a submission that is queued. Raises UnknownSubmission or NotQueued."""
        stored = await self._stop(submission_id, (Status.QUEUED,))
        if stored.status is not Status.CANCELLED:
            raise NotQueued(f"the submission is {stored.status} already")
        return stored

    async def stop(self, submission_id: str) -> SubmissionRecord:
        """Stop a submission that waits or runs; one that was stopped stays so. Raises UnknownSubmission, AlreadyJudged.

        It never gets a verdict from then on. The worker that runs it ends its box.
        """
        stored = await self._stop(submission_id, LIVE)
        if stored.status is not Status.CANCELLED:
            raise AlreadyJudged
        return stored

    async def _stop(self, submission_id: str, statuses: Collection[Status]) -> SubmissionRecord:
        async with self._transactions.writing() as tx:
            stopped = await stop(tx.connection, submission_id, statuses)
            if stopped is not None:
                tx.notifications.append(stopped.notification)
        return await self.get(submission_id)


def _is_taught(taught: Taught) -> sa.ColumnElement[bool]:
    return sa.and_(submissions.c.owner.in_(taught.owners), submissions.c.problem.in_(taught.problems))


def _record(row: sa.Row[*tuple[Any, ...]]) -> SubmissionRecord:
    fields: dict[str, Any] = dict(row._mapping)
    fields["status"] = Status(fields["status"])
    if fields["status"] is Status.CANCELLED:
        fields.update(verdict=None, score=None, summary=None, report=None)
    return SubmissionRecord(**fields)
