"""Values that can be used once: the store keeps the hash of the secret, what it stands for, and until when."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from judge.store.accounts.faults import NotUsable, TooMany
from judge.store.accounts.tables import one_time
from judge.store.transactions import Transactions

MOST_OF_A_KIND = 20_000  # waiting at a time; each is a request of somebody who may not be signed in


class Kind(StrEnum):
    """The use of a one-time value."""

    SETUP = "setup"  # a link that makes the first operator
    PROVIDER = "provider"  # a sign-in at an identity provider, until it comes back
    PASSKEY = "passkey"  # the challenge of a passkey
    DEVICE = "device"  # a command line that waits to be signed in
    USER_CODE = "user_code"  # the code that a person types for such a command line
    LAUNCH = "launch"  # a launch from a learning platform, until it comes back
    RESET = "reset"  # a link that sets a new password


class OneTime:
    """The one-time values of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def put(self, kind: Kind, hashed: str, data: Mapping[str, Any], lasts: timedelta) -> None:
        """Store a value under the hash of its secret. Raises TooMany."""
        now = datetime.now(UTC)
        waiting = sa.select(sa.func.count()).select_from(one_time).where(one_time.c.kind == kind)
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.delete(one_time).where(one_time.c.expires <= now))
            if (await tx.connection.execute(waiting)).scalar_one() >= MOST_OF_A_KIND:
                raise TooMany("too many people are doing this at the moment: try again in a few minutes")
            row = {"hash": hashed, "kind": str(kind), "data": dict(data), "expires": now + lasts}
            await tx.connection.execute(sa.insert(one_time).values(row))

    async def take(self, kind: Kind, hashed: str) -> dict[str, Any]:
        """Return a value and delete it: of two requests with one secret, one gets it. Raises NotUsable."""
        delete = sa.delete(one_time).where(one_time.c.hash == hashed, one_time.c.kind == kind)
        async with self._transactions.writing() as tx:
            result = await tx.connection.execute(delete.returning(one_time.c.data, one_time.c.expires))
            row = result.one_or_none()
        if row is None or row.expires <= datetime.now(UTC):
            raise NotUsable
        return dict(row.data)

    async def peek(self, kind: Kind, hashed: str) -> dict[str, Any] | None:
        """Return a value without using it, or None."""
        query = sa.select(one_time.c.data).where(one_time.c.hash == hashed, one_time.c.kind == kind)
        query = query.where(one_time.c.expires > datetime.now(UTC))
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return dict(row.data) if row is not None else None

    async def replace(self, kind: Kind, hashed: str, data: Mapping[str, Any]) -> bool:
        """Change a value that waits; return whether it was there."""
        update = sa.update(one_time).where(one_time.c.hash == hashed, one_time.c.kind == kind)
        update = update.where(one_time.c.expires > datetime.now(UTC)).values(data=dict(data))
        async with self._transactions.writing() as tx:
            return (await tx.connection.execute(update)).rowcount > 0

    async def clear(self, kind: Kind) -> None:
        """Delete every value of a kind."""
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.delete(one_time).where(one_time.c.kind == kind))
