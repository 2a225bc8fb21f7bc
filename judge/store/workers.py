"""The workers' rows: who judges, how busily, and whether its canary lives."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import WorkerRow
from judge.store.schema import workers

FORGET_AFTER = timedelta(hours=1)  # a worker that died without a word is listed this long


def _now(connection: Connection) -> Any:
    """The database's clock where machines share it: their own may differ."""
    return sa.func.now() if connection.kind == "postgresql" else datetime.now(UTC)


async def describe(connection: Connection, row: WorkerRow) -> None:
    """Write the worker's row, with a fresh heartbeat."""
    values = asdict(row)
    for computed in ("fresh", "heartbeat", "started"):
        del values[computed]
    values |= {"heartbeat": _now(connection), "lost": None}
    update = sa.update(workers).where(workers.c.id == row.id).values(**values)
    if (await connection.execute(update)).rowcount == 0:
        await connection.execute(sa.insert(workers).values(**values, started=row.started))


async def forget(connection: Connection, worker: str | None = None) -> None:
    """Delete the row of one worker, or of all that have been silent for an hour."""
    silent = workers.c.heartbeat < datetime.now(UTC) - FORGET_AFTER
    await connection.execute(sa.delete(workers).where(workers.c.id == worker if worker else silent))


async def listed(connection: Connection, stall_seconds: float) -> list[WorkerRow]:
    """Every worker, the ones that are long silent not fresh."""
    if connection.kind == "postgresql":
        now = (await connection.execute(sa.select(sa.func.now()))).scalar_one()
    else:
        now = datetime.now(UTC)
    overdue = now - timedelta(seconds=stall_seconds)
    rows = await connection.execute(sa.select(workers).order_by(workers.c.started))
    return [_row(row, row.heartbeat >= overdue) for row in rows]


def _row(row: sa.Row[*tuple[Any, ...]], fresh: bool) -> WorkerRow:
    fields = dict(row._mapping)
    del fields["lost"]
    return WorkerRow(**fields, fresh=fresh)
