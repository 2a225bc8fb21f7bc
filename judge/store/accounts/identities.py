"""Identities: accounts as identity providers know them; `Users.by_identity` finds an account, `Users.link` adds one.

No account is ever found by a name or an e-mail address that a provider sends.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from judge.account import Role, User
from judge.store.accounts.faults import NameTaken
from judge.store.accounts.tables import identities, users
from judge.store.accounts.users import Users, user_of
from judge.store.accounts.ways import keep_one, lock
from judge.store.ids import new_id
from judge.store.transactions import Transactions


@dataclass(frozen=True, kw_only=True)
class StoredIdentity:
    """One identity of an account."""

    issuer: str
    subject: str
    created: datetime


class Identities:
    """The identities of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions, accounts: Users) -> None:
        self._transactions = transactions
        self._accounts = accounts

    async def make_account(self, issuer: str, subject: str, name: str, display: str) -> User:
        """Make an account that has this identity, both or neither; return the one that has it. Raises NameTaken."""
        now = datetime.now(UTC)
        row = {
            "id": new_id(),
            "name": name,
            "name_key": name.lower(),
            "display": display,
            "role": str(Role.LEARNER),
            "created": now,
        }
        identity = {"issuer": issuer, "subject": subject, "user_id": row["id"], "created": now}
        try:
            async with self._transactions.writing() as tx:
                await tx.connection.execute(sa.insert(users).values(row))
                await tx.connection.execute(sa.insert(identities).values(identity))
        except sa.exc.IntegrityError:
            found = await self._accounts.by_identity(
                issuer, subject
            )  # the same person at the same time, in another window
            if found is None:
                raise NameTaken(f"there is an account `{name}` already") from None
            return found
        return user_of({**row, "disabled": False})

    async def unlink(self, user_id: str, issuer: str, subject: str, issuers: Collection[str]) -> bool:
        """Take an identity from an account; return whether it had it. Raises LastWay; see `keep_one`."""
        mine = sa.delete(identities).where(
            identities.c.user_id == user_id, identities.c.issuer == issuer, identities.c.subject == subject
        )
        async with self._transactions.writing() as tx:
            await lock(tx.connection, user_id)
            if (await tx.connection.execute(mine)).rowcount == 0:
                return False
            await keep_one(tx.connection, user_id, issuers)
        return True

    async def of(self, user_id: str) -> list[StoredIdentity]:
        """Return the identities of an account, the oldest first."""
        columns = (identities.c.issuer, identities.c.subject, identities.c.created)
        query = sa.select(*columns).where(identities.c.user_id == user_id).order_by(identities.c.created)
        async with self._transactions.reading() as connection:
            return [StoredIdentity(**row._mapping) for row in await connection.execute(query)]
