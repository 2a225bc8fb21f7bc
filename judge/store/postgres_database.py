"""A PostgreSQL database as the store uses it: a pool of asynchronous connections."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from judge.store.database import CONNECT_TIMEOUT_SECONDS, Connection, Rows

POOL_SIZE = 8  # connections kept open to PostgreSQL
POOL_OVERFLOW = 16  # and how many more may be opened in a rush
POOL_TIMEOUT_SECONDS = 20.0
IDLE_TRANSACTION_SECONDS = (
    10  # then PostgreSQL ends a transaction: the locks of a process that was frozen are free again
)


class PostgresConnection:
    """A connection of PostgresDatabase; `inner` is SQLAlchemy's."""

    kind = "postgresql"

    def __init__(self, inner: AsyncConnection) -> None:
        self.inner = inner

    async def execute(self, statement: sa.Executable, parameters: Any = None) -> Rows:
        """See Connection."""
        return await self.inner.execute(statement, parameters)


class PostgresDatabase:
    """A pool of asynchronous connections."""

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(
            url,
            pool_pre_ping=True,  # a connection that a restart of the database cut is replaced unnoticed
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=POOL_TIMEOUT_SECONDS,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "options": f"-c idle_in_transaction_session_timeout={IDLE_TRANSACTION_SECONDS}s",
            },
        )
        # For a single statement, a transaction around it would be two more round trips.
        self._single = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """See Database."""
        async with self._engine.begin() as connection:
            yield PostgresConnection(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """See Database."""
        async with self._single.connect() as connection:
            yield PostgresConnection(connection)

    async def close(self) -> None:
        """See Database."""
        await self._engine.dispose()
