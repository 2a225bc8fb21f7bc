"""Secrets that all machines of one judge share: the first machine that needs one makes it."""

from contextlib import suppress
from datetime import UTC, datetime

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.schema import secrets
from judge.store.transactions import Transactions


class Secrets:
    """The secrets of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def get_or_keep(self, name: str, new: str) -> str:
        """Return the secret `name`: `new`, which is stored, unless there is one already."""
        values = {"name": name, "value": new, "created": datetime.now(UTC)}
        with suppress(sa.exc.IntegrityError):  # another machine was faster
            async with self._transactions.writing() as tx:
                if await _read(tx.connection, name) is None:
                    await tx.connection.execute(sa.insert(secrets).values(values))
        async with self._transactions.reading() as connection:
            return await _read(connection, name) or new


async def _read(connection: Connection, name: str) -> str | None:
    row = (await connection.execute(sa.select(secrets.c.value).where(secrets.c.name == name))).one_or_none()
    return None if row is None else str(row.value)
