"""The life of one judging: claimed, handed back, finished. Every step is one guarded UPDATE."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.store.clean import clean_json
from judge.store.database import Connection
from judge.store.records import LIVE, MAX_ATTEMPTS, Status, Work
from judge.store.schema import judgings, submissions, webhooks
from judge.submission import Submission
from judge.verdict import Json, Report, Verdict

REASON_CHARACTERS = 2_000


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A judging that used up its attempts: the judge's own failure is its verdict, and `webhooks` are due."""

    webhooks: int


async def claim(connection: Connection, judging_id: str, worker: str) -> Work | GivenUp | None:
    """Make the judging this worker's. None if it has its verdict already or was cancelled."""
    if connection.kind == "postgresql":
        # A claim that a crash of the database forgets is only made again: it need not wait for the disk.
        await connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
    table = judgings.c
    now = datetime.now(UTC)
    source = sa.select(submissions.c.source).where(submissions.c.id == table.submission_id).scalar_subquery()
    update = (
        sa.update(judgings)
        .where(table.id == judging_id, table.status.in_(LIVE), table.attempts < MAX_ATTEMPTS)
        .values(status=Status.RUNNING, attempts=table.attempts + 1, worker=worker, started=now)
        .returning(
            table.submission_id,
            table.problem,
            table.seed,
            table.samples_only,
            table.attempts,
            table.created,
            source.label("source"),
        )
    )
    row = (await connection.execute(update)).one_or_none()
    if row is None:
        return await _give_up(connection, judging_id)
    return Work(
        judging_id=judging_id,
        submission_id=row.submission_id,
        submission=Submission(problem=row.problem, source=row.source),
        seed=row.seed,
        samples_only=row.samples_only,
        attempt=row.attempts,
        waited=max(0.0, (now - row.created).total_seconds()),
    )


async def _give_up(connection: Connection, judging_id: str) -> GivenUp | None:
    query = sa.select(judgings.c.problem, judgings.c.reason).where(
        judgings.c.id == judging_id, judgings.c.status.in_(LIVE)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    why = row.reason or "the worker was lost each time"
    message = f"the judge gave up after {MAX_ATTEMPTS} attempts: {why}"
    report = Report(problem=row.problem, verdict=Verdict.JUDGE_ERROR, message=message).to_json()
    due = await finish(connection, judging_id, report)
    return None if due is None else GivenUp(webhooks=due)


async def finish(connection: Connection, judging_id: str, report: Mapping[str, Json]) -> int | None:
    """Write the verdict, if there is none yet: the first writer wins.

    How many webhooks are due by it, or None if there was a verdict already.
    """
    table = judgings.c
    values: dict[str, Any] = {
        "status": Status.DONE,
        "verdict": str(report["verdict"]),
        "score": report["score"],
        "time_ms": report["time_ms"],
        "cpu_ms": report["cpu_ms"],
        "memory_mb": report["memory_mb"],
        "lane": report["lane"],
        "report": clean_json(report),
        "finished": datetime.now(UTC),
    }
    if package := report["provenance"]["package"]:
        values["package"] = package
    update = sa.update(judgings).where(table.id == judging_id, table.status.in_(LIVE)).values(**values)
    if (await connection.execute(update.returning(table.id))).first() is None:
        return None
    concerned = sa.select(submissions.c.id).where(submissions.c.judging_id == judging_id)
    due = await connection.execute(
        sa.update(webhooks)
        .where(webhooks.c.state == "waiting", webhooks.c.submission_id.in_(concerned))
        .values(state="due", next_at=datetime.now(UTC))
    )
    return due.rowcount


async def hand_back(connection: Connection, judging_id: str, worker: str, reason: str, *, counted: bool) -> bool:
    """Put a judging back into the queue: after a failed attempt (`counted`) or because its worker stops."""
    table = judgings.c
    update = (
        sa.update(judgings)
        .where(table.id == judging_id, table.status == Status.RUNNING, table.worker == worker)
        .values(
            status=Status.QUEUED,
            worker=None,
            started=None,
            attempts=table.attempts - (0 if counted else 1),
            reason=reason[:REASON_CHARACTERS],
        )
    )
    return (await connection.execute(update.returning(table.id))).first() is not None


async def take_back_all(connection: Connection) -> list[str]:
    """Put back whatever ran when the only process died. The attempts stay counted: they may be why it died."""
    table = judgings.c
    update = sa.update(judgings).where(table.status == Status.RUNNING)
    update = update.values(status=Status.QUEUED, worker=None, started=None)
    return list((await connection.execute(update.returning(table.id))).scalars())


async def cancel(connection: Connection, submission_id: str) -> tuple[str, bool] | None:
    """Cancel what is still queued: the judging's id, and whether it is cancelled with its submission.

    A judging that serves other submissions too goes on. None if it is not queued, or the submission is unknown.
    """
    row = (
        await connection.execute(
            sa.select(submissions.c.judging_id, judgings.c.status)
            .join(judgings, judgings.c.id == submissions.c.judging_id)
            .where(submissions.c.id == submission_id, submissions.c.cancelled.is_(None))
        )
    ).one_or_none()
    if row is None or row.status != Status.QUEUED:
        return None
    others = sa.select(sa.func.count()).where(
        submissions.c.judging_id == row.judging_id,
        submissions.c.id != submission_id,
        submissions.c.cancelled.is_(None),
    )
    alone = (await connection.execute(others)).scalar_one() == 0
    if alone:
        update = (
            sa.update(judgings)
            .where(judgings.c.id == row.judging_id, judgings.c.status == Status.QUEUED)
            .values(status=Status.CANCELLED, finished=datetime.now(UTC))
        )
        if (await connection.execute(update.returning(judgings.c.id))).first() is None:
            return None  # a worker was faster
    await connection.execute(
        sa.update(submissions).where(submissions.c.id == submission_id).values(cancelled=datetime.now(UTC))
    )
    hooks = sa.update(webhooks).where(webhooks.c.submission_id == submission_id, webhooks.c.state == "waiting")
    await connection.execute(hooks.values(state="failed", last_error="the submission was cancelled", secret=""))
    return row.judging_id, alone
