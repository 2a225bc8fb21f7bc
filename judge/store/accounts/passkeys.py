"""Passkeys: public keys by the id of their credential. Nothing here can sign anything."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.account import User
from judge.store.accounts.faults import TooMany
from judge.store.accounts.tables import passkeys, users
from judge.store.accounts.users import USER_COLUMNS, user_of
from judge.store.accounts.ways import keep_one, lock
from judge.store.transactions import Transactions

MOST_PASSKEYS = 20  # of one account


@dataclass(frozen=True, kw_only=True)
class Passkey:
    """A passkey of an account. `sign_count` grows with each use, if its authenticator counts at all."""

    id: str
    user: User
    public_key: bytes = field(repr=False)
    sign_count: int
    name: str
    created: datetime
    last_used: datetime | None


class Passkeys:
    """The passkeys of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(self, user: User, passkey_id: str, public_key: bytes, sign_count: int, name: str) -> bool:
        """Store a new passkey; return False if there is one with this id already. Raises TooMany."""
        row: dict[str, Any] = {
            "id": passkey_id,
            "user_id": user.id,
            "public_key": public_key,
            "sign_count": sign_count,
            "name": name,
            "created": datetime.now(UTC),
        }
        count = sa.select(sa.func.count()).select_from(passkeys).where(passkeys.c.user_id == user.id)
        try:
            async with self._transactions.writing() as tx:
                await lock(tx.connection, user.id)
                if (await tx.connection.execute(count)).scalar_one() >= MOST_PASSKEYS:
                    raise TooMany(f"an account has at most {MOST_PASSKEYS} passkeys: delete one first")
                await tx.connection.execute(sa.insert(passkeys).values(row))
        except sa.exc.IntegrityError:
            return False
        return True

    async def find(self, passkey_id: str) -> Passkey | None:
        """Return a passkey with its account, or None."""
        async with self._transactions.reading() as connection:
            row = (await connection.execute(_joined().where(passkeys.c.id == passkey_id))).one_or_none()
        return _passkey(row) if row is not None else None

    async def of(self, user_id: str) -> list[Passkey]:
        """Return the passkeys of an account, the oldest first."""
        query = _joined().where(passkeys.c.user_id == user_id).order_by(passkeys.c.created)
        async with self._transactions.reading() as connection:
            return [_passkey(row) for row in await connection.execute(query)]

    async def use(self, passkey_id: str, sign_count: int) -> bool:
        """Write down a use; return False if the counter did not grow, as with a copy that was used before.

        0 means that the authenticator does not count.
        """
        grown = passkeys.c.sign_count < sign_count if sign_count else passkeys.c.sign_count == 0
        values = {"sign_count": sign_count, "last_used": datetime.now(UTC)}
        async with self._transactions.writing() as tx:
            update = sa.update(passkeys).where(passkeys.c.id == passkey_id, grown).values(values)
            return (await tx.connection.execute(update)).rowcount > 0

    async def rename(self, user_id: str, passkey_id: str, name: str) -> bool:
        """Rename a passkey of an account; return whether it had it."""
        mine = sa.update(passkeys).where(passkeys.c.user_id == user_id, passkeys.c.id == passkey_id)
        async with self._transactions.writing() as tx:
            return (await tx.connection.execute(mine.values(name=name))).rowcount > 0

    async def delete(self, user_id: str, passkey_id: str, issuers: Collection[str]) -> bool:
        """Delete a passkey of an account; return whether it had it. Raises LastWay; see `keep_one`."""
        mine = sa.delete(passkeys).where(passkeys.c.user_id == user_id, passkeys.c.id == passkey_id)
        async with self._transactions.writing() as tx:
            await lock(tx.connection, user_id)
            if (await tx.connection.execute(mine)).rowcount == 0:
                return False
            await keep_one(tx.connection, user_id, issuers)
        return True


def _joined() -> sa.Select[*tuple[Any, ...]]:
    columns = [passkeys.c[name].label(f"passkey_{name}") for name in ("id", "name", "created")]
    own = [passkeys.c[name] for name in ("public_key", "sign_count", "last_used")]
    return sa.select(*columns, *own, *USER_COLUMNS).select_from(passkeys.join(users, users.c.id == passkeys.c.user_id))


def _passkey(row: sa.Row[*tuple[Any, ...]]) -> Passkey:
    return Passkey(
        id=row.passkey_id,
        user=user_of(row._mapping),
        public_key=row.public_key,
        sign_count=row.sign_count,
        name=row.passkey_name,
        created=row.passkey_created,
        last_used=row.last_used,
    )
