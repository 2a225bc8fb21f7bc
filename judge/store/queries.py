"""Questions about what is stored."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.lazy_json import LazyJson
from judge.store.records import LIVE, Depth, Filter, Status, SubmissionRecord
from judge.store.schema import judgings, submissions
from judge.verdict import Verdict

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
    (judgings.c.submission_id != submissions.c.id).label("shared"),
)
_JOINED = submissions.join(judgings, judgings.c.id == submissions.c.judging_id)


def _stored(row: sa.Row[*tuple[Any, ...]]) -> SubmissionRecord:
    fields: dict[str, Any] = dict(row._mapping)
    fields["status"] = Status(fields["status"])
    if fields["status"] is Status.CANCELLED:
        fields.update(verdict=None, score=None, report=None)
    return SubmissionRecord(**fields)


async def submission(connection: Connection, submission_id: str) -> SubmissionRecord | None:
    """One submission with its source and, once done, its report."""
    report = sa.cast(judgings.c.report, sa.Text).label("report")  # parsed only where somebody looks inside
    query = sa.select(*_COLUMNS, submissions.c.source, report).select_from(_JOINED)
    row = (await connection.execute(query.where(submissions.c.id == submission_id))).one_or_none()
    if row is None:
        return None
    stored = _stored(row)
    return replace(stored, report=LazyJson(str(stored.report))) if stored.report is not None else stored


async def many(connection: Connection, chosen: Filter, before: str | None, limit: int) -> list[SubmissionRecord]:
    """The newest `limit` submissions of the filter that are older than the one with the id `before`."""
    query = sa.select(*_COLUMNS).select_from(_JOINED).order_by(submissions.c.id.desc()).limit(limit)
    if before:
        query = query.where(submissions.c.id < before)
    if chosen.problem:
        query = query.where(submissions.c.problem == chosen.problem)
    if chosen.submitter:
        query = query.where(submissions.c.submitter == chosen.submitter)
    if chosen.owners is not None:
        query = query.where(submissions.c.owner.in_(chosen.owners))
    if chosen.verdict:
        query = query.where(judgings.c.verdict == chosen.verdict)
    if chosen.status:
        query = query.where(_STATUS == chosen.status)  # noqa: SIM300 - the column has the operator
    return [_stored(row) for row in await connection.execute(query)]


async def position(connection: Connection, stored: SubmissionRecord) -> int | None:
    """Return the place in the queue, from 1; None for what is not waiting. Delayed judgings are not counted."""
    if stored.status is not Status.QUEUED:
        return None
    table = judgings.c
    earlier = sa.or_(
        table.priority > stored.priority,
        sa.and_(table.priority == stored.priority, table.tag < stored.tag),
        sa.and_(table.priority == stored.priority, table.tag == stored.tag, table.id < stored.judging_id),
    )
    query = sa.select(sa.func.count()).select_from(judgings).where(table.status == Status.QUEUED, earlier, _due())
    return int((await connection.execute(query)).scalar_one()) + 1


async def history(connection: Connection, stored: SubmissionRecord) -> list[dict[str, Any]]:
    """The judgings that a submission has had, newest first; rejudges that were not applied are not among them."""
    found: list[dict[str, Any]] = []
    judging_id: str | None = stored.judging_id
    table = judgings.c
    while judging_id is not None:
        columns = (
            table.id,
            table.status,
            table.verdict,
            table.finished,
            table.package,
            table.rejudge_id,
            table.replaces,
        )
        row = (await connection.execute(sa.select(*columns).where(table.id == judging_id))).one()
        found.append(dict(row._mapping))
        judging_id = row.replaces
    return found


async def next_queued(connection: Connection, held: set[str], limit: int) -> list[str]:
    """The judgings that go next, leaving out those that this process holds already, and those that wait for a time."""
    table = judgings.c
    query = (
        sa.select(table.id)
        .where(table.status == Status.QUEUED, _due(), table.id.not_in(held) if held else sa.true())
        .order_by(table.priority.desc(), table.tag, table.id)
        .limit(limit)
    )
    return list((await connection.execute(query)).scalars())


async def next_times(connection: Connection) -> list[datetime]:
    """When the queued judgings that wait for a time may be tried again."""
    table = judgings.c
    query = sa.select(table.not_before).where(table.status == Status.QUEUED, table.not_before.is_not(None)).distinct()
    return list((await connection.execute(query)).scalars())


def _due() -> sa.ColumnElement[bool]:
    return sa.or_(judgings.c.not_before.is_(None), judgings.c.not_before <= datetime.now(UTC))


async def depth(connection: Connection) -> Depth:
    """How full the queue is now."""
    table = judgings.c
    delayed = sa.func.sum(sa.case((_due(), 0), else_=1))
    query = (
        sa.select(table.status, sa.func.count(), sa.func.min(table.created), delayed)
        .where(table.status.in_(LIVE))
        .group_by(table.status)
    )
    rows = {status: (count, first, late) for status, count, first, late in await connection.execute(query)}
    queued, first, late = rows.get(Status.QUEUED, (0, None, 0))
    running = rows.get(Status.RUNNING, (0, None, 0))[0]
    oldest = (datetime.now(UTC) - first).total_seconds() if first else 0.0
    return Depth(queued=queued, running=running, oldest=max(0.0, oldest), delayed=int(late))


async def accepted_times(connection: Connection, problem: str, limit: int) -> list[float]:
    """Times in milliseconds of the newest accepted submissions of a problem."""
    query = (
        sa.select(judgings.c.time_ms)
        .select_from(_JOINED)
        .where(submissions.c.problem == problem, judgings.c.verdict == Verdict.ACCEPTED, ~judgings.c.samples_only)
        .order_by(submissions.c.id.desc())
        .limit(limit)
    )
    return [float(time) for time in (await connection.execute(query)).scalars()]


async def attempts(connection: Connection, submitter: str) -> dict[str, bool]:
    """The problems that a submitter has tried, and whether any try was accepted; runs of the samples are no tries."""
    accepted = sa.func.max(sa.case((judgings.c.verdict == Verdict.ACCEPTED, 1), else_=0))
    query = (
        sa.select(submissions.c.problem, accepted)
        .select_from(_JOINED)
        .where(submissions.c.submitter == submitter, submissions.c.cancelled.is_(None), ~judgings.c.samples_only)
        .group_by(submissions.c.problem)
    )
    return {problem: bool(solved) for problem, solved in await connection.execute(query)}


async def verdict_counts(connection: Connection, problem: str) -> dict[str, int]:
    """How many submissions of a problem have each verdict."""
    query = (
        sa.select(judgings.c.verdict, sa.func.count().label("number"))
        .select_from(_JOINED)
        .where(submissions.c.problem == problem, judgings.c.verdict.is_not(None))
        .group_by(judgings.c.verdict)
    )
    return {row.verdict: row.number for row in await connection.execute(query)}
