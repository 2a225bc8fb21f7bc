"""Faults of the judge: when a judging is tried again, and when a submission is blamed for the loss of its worker.

Runs without a verdict are counted apart, by whose fault they may be:

attempts - faults   A living judge reported an error of its own: a faulty package, a bug in grading. What caused it is
                    there the next time too, so MAX_ATTEMPTS of these are final, and a rejudge follows the repair.
faults              The worker, a box, a zygote, the host or the store failed. Nobody knows when that ends, and nothing
                    of it is the submission's: the judging is queued again, later each time, for as long as it takes.

A *poison* submission ends the worker that runs it. One loss proves nothing, since operators and kernels kill too:

loss of a worker ──> every judging that ran there is a suspect, and has the next worker to itself (`alone`)
          alone and lost again ──> lost_alone + 1, and a pause of at least CONTROL times as long as it ran
          alone and judged ──────> the loss came from outside: lost_alone is 0 again for all others
worker lost while it runs nothing ──> the same
                  lost_alone = LOST_ALONE ──> given up: the only loss that is ever final

So a judging is given up when its worker was lost in LOST_ALONE runs of it alone, and no worker was lost otherwise in
the pauses between, each CONTROL times as long, in which workers start, judge their canary and everybody else. Whoever
kills workers at random, at any rate, has a chance of at most ((1 - q) * q**CONTROL)**LOST_ALONE with
q = CONTROL / (CONTROL + 1) to make that happen to a given suspect: 1.3e-5.
"""

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import LIVE, Status
from judge.store.schema import judgings, workers

FIRST_SECONDS = 1.0  # pause after a judging's first fault; doubled with each, with jitter
LONGEST_SECONDS = 300.0
LOST_ALONE = 5  # losses of the worker, while the judging ran alone, that are taken for its doing
CONTROL = 3.0  # pause after such a loss, in lengths of the run that was lost
WORKER_LOST = "the worker that ran it was lost"

# Kinds of faults that the store itself notices, for the operator's metrics.
LOST, POISON = "worker_lost", "poison"
OnFault = Callable[[str], None]  # called with the kind of each fault

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class _Lost:
    worker: str | None
    heartbeat: datetime | None = None  # the last one; None for a worker that the table does not know
    stopping: bool = False


def pause(faults: int) -> float:
    """Return the seconds until a judging with so many faults is tried again."""
    longest = min(FIRST_SECONDS * 2.0 ** min(faults - 1, 30), LONGEST_SECONDS)
    return longest * random.uniform(0.75, 1.0)  # noqa: S311 - no secret


def is_due() -> sa.ColumnElement[bool]:
    """Return the condition that a judging is not delayed any more."""
    return sa.or_(judgings.c.not_before.is_(None), judgings.c.not_before <= datetime.now(UTC))


async def requeue_silent(connection: Connection, silent_seconds: float) -> int:
    """Queue again what ran on workers that have been silent for so long; return how many judgings there were."""
    overdue = await _now(connection) - timedelta(seconds=silent_seconds)
    return await _requeue_of(connection, workers.c.heartbeat <= overdue)


async def requeue_all(connection: Connection) -> int:
    """Queue again whatever runs, where no other process can be running it; return how many judgings there were."""
    count = await _requeue_of(connection, sa.true())
    query = sa.select(judgings.c.worker).where(judgings.c.status == Status.RUNNING).distinct()
    for worker in (await connection.execute(query)).scalars().all():  # whom the table does not know
        count += await _requeue_lost(connection, _Lost(worker=worker))
    return count


async def requeue_one(connection: Connection, judging_id: str, silent_seconds: float) -> int:
    """Queue again a judging whose job was abandoned, and what ran beside it, if its worker is silent."""
    query = sa.select(judgings.c.worker).where(judgings.c.id == judging_id, judgings.c.status == Status.RUNNING)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return 0
    worker: str | None = row.worker
    heartbeat = (await connection.execute(sa.select(workers.c.heartbeat).where(workers.c.id == worker))).scalar()
    if heartbeat is None:
        return await _requeue_lost(connection, _Lost(worker=worker))
    overdue = await _now(connection) - timedelta(seconds=silent_seconds)
    return await _requeue_of(connection, sa.and_(workers.c.id == worker, workers.c.heartbeat <= overdue))


async def not_before(connection: Connection, judging_id: str) -> datetime | None:
    """Return when a queued judging may be tried again; None for now."""
    query = sa.select(judgings.c.not_before).where(judgings.c.id == judging_id, judgings.c.status == Status.QUEUED)
    return (await connection.execute(query)).scalar()


async def clear_suspects(connection: Connection) -> None:
    """Reset `lost_alone` of every suspect: a worker was lost, and none of them was to blame."""
    charged = judgings.c.lost_alone.between(1, LOST_ALONE - 1)
    await connection.execute(sa.update(judgings).where(judgings.c.status.in_(LIVE), charged).values(lost_alone=0))


async def _requeue_of(connection: Connection, chosen: Any) -> int:
    now = await _now(connection)
    update = sa.update(workers).where(workers.c.lost.is_(None), chosen).values(lost=now)
    rows = await connection.execute(update.returning(workers.c.id, workers.c.heartbeat, workers.c.state))
    lost = [_Lost(worker=row.id, heartbeat=row.heartbeat, stopping=row.state == "stopping") for row in rows]
    return sum([await _requeue_lost(connection, each) for each in lost])


async def _requeue_lost(connection: Connection, lost: _Lost) -> int:
    table = judgings.c
    query = sa.select(table.id, table.faults, table.started, table.alone, table.lost_alone)
    running = (await connection.execute(query.where(table.worker == lost.worker, table.status == Status.RUNNING))).all()
    if not running:
        log.warning("worker %s was lost; it ran nothing", lost.worker)
        if not lost.stopping:
            await clear_suspects(connection)
    now = await _now(connection)
    for row in running:
        update = sa.update(judgings).where(table.id == row.id, table.status == Status.RUNNING)
        await connection.execute(update.values(_queued_again(row, lost, now)))
    if running:
        log.warning("worker %s was lost; what it ran is queued again: %s", lost.worker, [row.id for row in running])
    return len(running)


def _queued_again(row: sa.Row[*tuple[Any, ...]], lost: _Lost, now: datetime) -> dict[str, Any]:
    """Return the new column values of a judging that was lost with its worker."""
    values: dict[str, Any] = {
        "status": Status.QUEUED,
        "worker": None,
        "started": None,
        "alone": False,
        "faults": row.faults + 1,
        "reason": WORKER_LOST,
    }
    seconds = pause(row.faults + 1)
    if lost.stopping:  # somebody ended it, and did not wait for what it ran
        return {**values, "not_before": now + timedelta(seconds=seconds)}
    if row.alone:
        ran = (lost.heartbeat - row.started).total_seconds() if lost.heartbeat and row.started else 0.0
        seconds = max(seconds, min(CONTROL * ran, LONGEST_SECONDS))
        values["lost_alone"] = row.lost_alone + 1
        if row.lost_alone + 1 >= LOST_ALONE:
            seconds = 0.0  # the next claim gives it up
    return {**values, "suspect": True, "not_before": now + timedelta(seconds=seconds)}


async def _now(connection: Connection) -> datetime:
    """Return the database's time where machines share it, because their own may differ."""
    if connection.kind == "postgresql":
        now: datetime = (await connection.execute(sa.select(sa.func.now()))).scalar_one()
        return now
    return datetime.now(UTC)
