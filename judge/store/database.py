"""A database as the store uses it: transactions that write, and connections that only read, on SQLite and PostgreSQL.

Either way it is SQLAlchemy Core underneath. SQLite gets threads of its own instead of an asynchronous driver, because
such a driver crosses threads six times for each statement, and that cost more than everything else a submission costs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, TypeAlias, TypeVar

import sqlalchemy as sa

Result = TypeVar("Result")
Rows: TypeAlias = sa.CursorResult[*tuple[Any, ...]]

SQLITE_BUSY_MS = 10_000
SQLITE_READERS = 3  # threads that read, beside the one that writes
CONNECT_TIMEOUT_SECONDS = 5
# Of PostgreSQL connections that wait for notifications. A machine that vanishes closes no connection: without these a
# listener would wait for hours.
KEEPALIVE: dict[str, Any] = {
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    "keepalives_idle": 10,  # seconds
    "keepalives_interval": 5,  # seconds
    "keepalives_count": 3,
}
READING = {"reading": True}  # execution option of a SQLite connection that writes nothing

# WAL with synchronous=NORMAL may lose the last commits at a power cut; an accepted submission must not be one of them.
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={SQLITE_BUSY_MS}", "foreign_keys=ON")


class Connection(Protocol):
    """Runs statements, one at a time."""

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    async def execute(self, statement: sa.Executable, parameters: Any = None) -> Rows:
        """Run a statement and fetch all its rows."""
        ...


class Database(Protocol):
    """Opens connections for transactions and for reading."""

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    def writing(self) -> AbstractAsyncContextManager[Connection]:
        """Open a transaction: committed when the block ends, rolled back when it raises."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Open a connection that writes nothing; each statement is a transaction of its own."""
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...


class _SqliteConnection:
    """One SQLite connection and the only thread that touches it."""

    kind = "sqlite"

    def __init__(self, engine: sa.Engine, options: dict[str, Any]) -> None:
        self._thread = ThreadPoolExecutor(1, "sqlite")
        self._engine, self._options = engine, options
        self._connection: sa.Connection | None = None

    async def execute(self, statement: sa.Executable, parameters: Any = None) -> Rows:
        """See Connection."""
        return await self.run(lambda connection: _fetched(connection.execute(statement, parameters)))

    async def run(self, work: Callable[[sa.Connection], Result]) -> Result:
        """Do `work` on the thread. Cancelled or not, what was begun is finished before anything else begins."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: work(self._open()))

    def _open(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect().execution_options(**self._options)
        return self._connection

    async def close(self) -> None:
        """Close the connection and let the thread end."""
        if self._connection is not None:
            await self.run(lambda connection: connection.close())
        self._thread.shutdown(wait=False)


class SqliteDatabase:
    """One thread that writes, and a few that read."""

    kind = "sqlite"

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(sa.make_url(url).set(drivername="sqlite"), pool_size=SQLITE_READERS + 1)
        tune_sqlite(self._engine)
        self._writer = _SqliteConnection(self._engine, {})
        self._turn = asyncio.Lock()
        self._readers: asyncio.Queue[_SqliteConnection] = asyncio.Queue()
        for _ in range(SQLITE_READERS):
            self._readers.put_nowait(_SqliteConnection(self._engine, READING))

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """See Database. Writers take turns, as SQLite makes them anyway; the first statement takes the write lock."""
        async with self._turn:
            try:
                yield self._writer
                await asyncio.shield(self._writer.run(lambda connection: connection.commit()))
            except BaseException:
                await asyncio.shield(self._writer.run(lambda connection: connection.rollback()))
                raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """See Database."""
        reader = await self._readers.get()
        try:
            yield reader
        finally:
            self._readers.put_nowait(reader)

    async def close(self) -> None:
        """See Database."""
        async with self._turn:
            await self._writer.close()
        for _ in range(SQLITE_READERS):
            await (await self._readers.get()).close()
        self._engine.dispose()


def _fetched(result: Rows) -> Any:
    """Return the result with its rows in memory, to be read on another thread."""
    return result.freeze()() if result.returns_rows else result


def tune_sqlite(engine: sa.Engine) -> None:
    """Make every connection of a SQLite engine durable, patient, and able to take its write lock up front."""

    @sa.event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not open transactions behind our back
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later would fail with "database is locked" at the upgrade.
        if not connection.get_execution_options().get("reading"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
