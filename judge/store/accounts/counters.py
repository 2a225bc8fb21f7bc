"""Counters of attempts, shared by all machines: how often something was tried since the first time."""

import hashlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from judge.store.accounts.tables import counters
from judge.store.transactions import Transactions

TRIES = 3  # two machines that count the first attempt at once: one of them has to start again


class Counters:
    """The counters of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(self, subject: str, window: timedelta) -> int:
        """Count one attempt on `subject`; return the attempts of this window, which begins with the first of them."""
        for _ in range(TRIES - 1):
            with suppress(sa.exc.IntegrityError):
                return await self._add(_hash(subject), window)
        return await self._add(_hash(subject), window)

    async def _add(self, hashed: str, window: timedelta) -> int:
        now = datetime.now(UTC)
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.delete(counters).where(counters.c.expires <= now))
            more = sa.update(counters).where(counters.c.hash == hashed).values(number=counters.c.number + 1)
            number = (await tx.connection.execute(more.returning(counters.c.number))).scalar()
            if number is not None:
                return int(number)
            row = {"hash": hashed, "number": 1, "expires": now + window}
            await tx.connection.execute(sa.insert(counters).values(row))
        return 1

    async def number(self, subject: str) -> int:
        """Return the attempts on `subject` in this window."""
        query = sa.select(counters.c.number).where(counters.c.hash == _hash(subject))
        async with self._transactions.reading() as connection:
            found = (await connection.execute(query.where(counters.c.expires > datetime.now(UTC)))).scalar()
        return int(found or 0)

    async def take_back(self, subject: str) -> None:
        """Count one attempt less: it was none of those that are limited."""
        less = sa.update(counters).where(counters.c.hash == _hash(subject), counters.c.number > 0)
        async with self._transactions.writing() as tx:
            await tx.connection.execute(less.values(number=counters.c.number - 1))

    async def forget(self, subject: str) -> None:
        """Count from 0 again."""
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.delete(counters).where(counters.c.hash == _hash(subject)))


def _hash(subject: str) -> str:
    """Return the key of a row: the table holds no names and no addresses."""
    return hashlib.sha256(subject.encode()).hexdigest()
