"""The reference's values for each package's samples, written by whichever worker has run it first."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.schema import answers
from judge.store.transactions import Transactions
from judge.verdict import Json


class SampleValues:
    """The sample values of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def get(self, package: str) -> dict[str, Json] | None:
        """Return {sample name: value} for a package digest, or None if no worker has stored them."""
        async with self._transactions.reading() as connection:
            return await _read(connection, package)

    async def keep(self, package: str, samples: Mapping[str, Json]) -> None:
        """Store sample values; keep those already stored."""
        values = {"package": package, "samples": dict(samples), "created": datetime.now(UTC)}
        with suppress(sa.exc.IntegrityError):  # another worker was faster
            async with self._transactions.writing() as tx:
                if await _read(tx.connection, package) is None:
                    await tx.connection.execute(sa.insert(answers).values(values))


async def _read(connection: Connection, package: str) -> dict[str, Json] | None:
    row = (await connection.execute(sa.select(answers.c.samples).where(answers.c.package == package))).one_or_none()
    return None if row is None else dict(row.samples)
