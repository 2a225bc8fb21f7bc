"""Transactions of the store: notify once the change is committed, and raise StoreFault when the database can't be used.

begin ──> changes ──> NOTIFY (PostgreSQL) ──> commit ──> deliver (SQLite)
"""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import sqlalchemy as sa

from judge.errors import StoreFault
from judge.store.database import Connection, Database
from judge.store.notifications import Bus, Notification


@dataclass
class Transaction:
    """A transaction that writes; what is in `notifications` at its end is sent if it is committed."""

    connection: Connection
    notifications: list[Notification] = field(default_factory=list)


class Transactions:
    """Opens the transactions of every repository of one store."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Transaction]:
        """Open a transaction: committed when the block ends, rolled back when it raises. Raises StoreFault."""
        with faults_translated():
            async with self._database.writing() as connection:
                tx = Transaction(connection)
                yield tx
                await self._bus.before_commit(connection, tx.notifications)
        self._bus.after_commit(tx.notifications)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Open a connection that writes nothing. Raises StoreFault."""
        with faults_translated():
            async with self._database.reading() as connection:
                yield connection

    async def notify(self, notification: Notification) -> None:
        """Send a notification that belongs to no change. Raises StoreFault."""
        if self._database.kind == "sqlite":  # whose one writer need not be waited for
            self._bus.after_commit([notification])
            return
        async with self.writing() as tx:
            tx.notifications.append(notification)


@contextmanager
def faults_translated() -> Iterator[None]:
    """Raise StoreFault for whatever a database raises when it can't be used."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except _database_errors() as error:
        raise StoreFault(f"the database can't be used now: {_first_line(error)}") from error


def _database_errors() -> tuple[type[Exception], ...]:
    """Return what a database raises; a store of one SQLite file never imports PostgreSQL's drivers."""
    names = (("psycopg", "Error"), ("procrastinate.exceptions", "ConnectorException"))
    drivers = (getattr(sys.modules[module], name) for module, name in names if module in sys.modules)
    return (sa.exc.DBAPIError, sa.exc.TimeoutError, OSError, *drivers)


def _first_line(error: BaseException) -> str:
    cause = getattr(error, "orig", None) or error.__cause__ or error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0]
