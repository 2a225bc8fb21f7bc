"""The life of one judging: claimed, handed back, finished. Every step is one guarded UPDATE."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.store import retries
from judge.store.database import Connection
from judge.store.json_safe import clean_json
from judge.store.records import LIVE, MAX_ATTEMPTS, ClaimedJudging, Status
from judge.store.schema import judgings, submissions, webhooks
from judge.submission import Submission
from judge.verdict import Json, Report, Verdict

REASON_CHARACTERS = 2_000

# Built once: each verdict needs them, and SQLAlchemy takes a millisecond to build them.
_LIVE_ONE = (judgings.c.id == sa.bindparam("judging"), judgings.c.status.in_(LIVE))
_CLAIM = (
    sa.update(judgings)
    .where(
        *_LIVE_ONE,
        judgings.c.attempts - judgings.c.faults < MAX_ATTEMPTS,
        judgings.c.lost_alone < retries.LOST_ALONE,
    )
    .values(
        status=Status.RUNNING,
        attempts=judgings.c.attempts + 1,
        worker=sa.bindparam("by"),
        started=sa.bindparam("now"),
        alone=False,
        not_before=None,
    )
    .returning(
        judgings.c.submission_id,
        judgings.c.problem,
        judgings.c.seed,
        judgings.c.samples_only,
        judgings.c.attempts,
        judgings.c.faults,
        judgings.c.suspect,
        judgings.c.created,
        sa.select(submissions.c.source)
        .where(submissions.c.id == judgings.c.submission_id)
        .scalar_subquery()
        .label("source"),
    )
)
_FINISH = sa.update(judgings).where(*_LIVE_ONE).returning(judgings.c.lost_alone)
_HOOKS_DUE = (
    sa.update(webhooks)
    .where(
        webhooks.c.state == "waiting",
        webhooks.c.submission_id.in_(sa.select(submissions.c.id).where(submissions.c.judging_id == sa.bindparam("of"))),
    )
    .values(state="due", next_at=sa.bindparam("now"))
)


@dataclass(frozen=True, kw_only=True)
class GivenUp:
    """A judging that is given up: the judge's own failure is its verdict, and `webhooks` are due.

    It used up its attempts, or it is a `poison` that ends its workers.
    """

    webhooks: int
    poison: bool


async def claim(connection: Connection, judging_id: str, worker: str) -> ClaimedJudging | GivenUp | None:
    """Make the judging this worker's. None if it has its verdict already or was cancelled."""
    if connection.kind == "postgresql":
        # A claim that a crash of the database forgets is only made again: it need not wait for the disk.
        await connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
    now = datetime.now(UTC)
    row = (await connection.execute(_CLAIM, {"judging": judging_id, "by": worker, "now": now})).one_or_none()
    if row is None:
        return await _give_up(connection, judging_id)
    return ClaimedJudging(
        judging_id=judging_id,
        submission_id=row.submission_id,
        submission=Submission(problem=row.problem, source=row.source),
        seed=row.seed,
        samples_only=row.samples_only,
        attempt=row.attempts,
        faults=row.faults,
        alone=row.suspect,
        waited=max(0.0, (now - row.created).total_seconds()),
    )


async def start_alone(connection: Connection, judging_id: str, worker: str) -> bool:
    """Record that a claimed judging begins now, and that nothing runs beside it; False if it is no longer ours."""
    table = judgings.c
    update = sa.update(judgings).where(table.id == judging_id, table.status == Status.RUNNING, table.worker == worker)
    update = update.values(alone=True, started=datetime.now(UTC)).returning(table.id)
    return (await connection.execute(update)).first() is not None


async def _give_up(connection: Connection, judging_id: str) -> GivenUp | None:
    query = sa.select(judgings.c.problem, judgings.c.reason, judgings.c.lost_alone).where(
        judgings.c.id == judging_id, judgings.c.status.in_(LIVE)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    poison = row.lost_alone >= retries.LOST_ALONE
    message = f"the judge gave up after {MAX_ATTEMPTS} attempts: {row.reason}"
    if poison:
        message = (
            f"the judge gave up: {row.lost_alone} times this program had a worker to itself, the worker was lost each"
            " time, and no worker was lost in between; an operator has to look at it"
        )
    report = Report(problem=row.problem, verdict=Verdict.JUDGE_ERROR, message=message).to_json()
    due = await finish(connection, judging_id, report)
    return None if due is None else GivenUp(webhooks=due, poison=poison)


async def finish(
    connection: Connection, judging_id: str, report: Mapping[str, Json], hidden_seed: str | None = None
) -> int | None:
    """Write the verdict, if there is none yet: the first writer wins. `hidden_seed` is that of the judging, if given.

    How many webhooks are due by it, or None if there was a verdict already.
    """
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "status": Status.DONE,
        "verdict": str(report["verdict"]),
        "score": report["score"],
        "time_ms": report["time_ms"],
        "cpu_ms": report["cpu_ms"],
        "memory_mb": report["memory_mb"],
        "lane": report["lane"],
        "report": await asyncio.to_thread(clean_json, report),  # a large one takes longer than others may wait
        "finished": now,
    }
    if package := report["provenance"]["package"]:
        values["package"] = package
    if hidden_seed is not None:
        values["hidden_seed"] = hidden_seed
    finished = (await connection.execute(_FINISH, {"judging": judging_id, **values})).first()
    if finished is None:
        return None
    if finished.lost_alone and values["verdict"] != Verdict.JUDGE_ERROR:
        await retries.acquit(connection)  # what ended its workers was not this program
    return (await connection.execute(_HOOKS_DUE, {"of": judging_id, "now": now})).rowcount


async def release(
    connection: Connection,
    judging_id: str,
    worker: str,
    reason: str,
    *,
    counted: bool,
    fault: bool = False,
    after: float = 0.0,
) -> bool:
    """Put a judging back into the queue, not to be tried again before `after` seconds.

    The run stays counted where the judge reported an error (`counted`) and where the judge or its host failed
    (`fault`); it did not happen where its worker stops.
    """
    table = judgings.c
    update = (
        sa.update(judgings)
        .where(table.id == judging_id, table.status == Status.RUNNING, table.worker == worker)
        .values(
            status=Status.QUEUED,
            worker=None,
            started=None,
            alone=False,
            attempts=table.attempts - (0 if counted or fault else 1),
            faults=table.faults + int(fault),
            not_before=datetime.now(UTC) + timedelta(seconds=after) if after else None,
            reason=reason[:REASON_CHARACTERS],
        )
    )
    return (await connection.execute(update.returning(table.id))).first() is not None


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
