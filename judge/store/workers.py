"""Worker rows: identity, load, canary state, heartbeat."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import WorkerRow
from judge.store.schema import workers
from judge.store.transactions import Transactions

FORGET_AFTER = timedelta(hours=1)  # a worker that was lost is listed this long
_COMPUTED = ("fresh", "heartbeat", "started")  # set when a row is read, renewed, inserted


class Workers:
    """The worker rows of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions, stall_seconds: float) -> None:
        self._transactions = transactions
        self._stall = stall_seconds

    async def describe(self, row: WorkerRow) -> None:
        """Write a worker's row, with a fresh heartbeat."""
        values = {name: value for name, value in asdict(row).items() if name not in _COMPUTED}
        async with self._transactions.writing() as tx:
            values |= {"heartbeat": _now(tx.connection), "lost": None}
            update = sa.update(workers).where(workers.c.id == row.id).values(**values)
            if (await tx.connection.execute(update)).rowcount == 0:
                await tx.connection.execute(sa.insert(workers).values(**values, started=row.started))

    async def forget(self, worker: str) -> None:
        """Delete the row of a worker that has stopped."""
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.delete(workers).where(workers.c.id == worker))

    async def forget_silent(self) -> None:
        """Delete the rows of all workers without a heartbeat for an hour."""
        silent = workers.c.heartbeat < datetime.now(UTC) - FORGET_AFTER
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.delete(workers).where(silent))

    async def all(self) -> list[WorkerRow]:
        """Return every worker as it last described itself; `fresh` unless its heartbeat is overdue."""
        async with self._transactions.reading() as connection:
            if connection.kind == "postgresql":
                now = (await connection.execute(sa.select(sa.func.now()))).scalar_one()
            else:
                now = datetime.now(UTC)
            overdue = now - timedelta(seconds=self._stall)
            rows = await connection.execute(sa.select(workers).order_by(workers.c.started))
            return [_row(row, row.heartbeat >= overdue) for row in rows]


def _now(connection: Connection) -> Any:
    """Return the database's clock where machines share it, because their own may differ."""
    return sa.func.now() if connection.kind == "postgresql" else datetime.now(UTC)


def _row(row: sa.Row[*tuple[Any, ...]], fresh: bool) -> WorkerRow:
    fields = dict(row._mapping)
    del fields["lost"]
    return WorkerRow(**fields, fresh=fresh)
