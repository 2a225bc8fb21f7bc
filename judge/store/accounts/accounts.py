"""All repositories of accounts behind one object, which is a part of the store."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import sqlalchemy as sa

from judge.account import User
from judge.store.accounts.access_tokens import AccessTokens
from judge.store.accounts.audit import Audit
from judge.store.accounts.counters import Counters
from judge.store.accounts.identities import Identities
from judge.store.accounts.one_time import OneTime
from judge.store.accounts.passkeys import Passkeys
from judge.store.accounts.personal import Personal
from judge.store.accounts.resets import Resets
from judge.store.accounts.sessions import Sessions
from judge.store.accounts.users import Users
from judge.store.notifications import LocalBus, Notifications
from judge.store.open_database import open_database
from judge.store.schema import submissions
from judge.store.senders import require_accounts
from judge.store.transactions import Transactions


class Accounts:
    """Users and all that they sign in with, values that are used once, counters, and the audit log."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self.users = Users(transactions)
        self.identities = Identities(transactions, self.users)
        self.passkeys = Passkeys(transactions)
        self.sessions = Sessions(transactions)
        self.tokens = AccessTokens(transactions)
        self.one_time = OneTime(transactions)
        self.counters = Counters(transactions)
        self.audit = Audit(transactions)
        self.personal = Personal(transactions)
        self.resets = Resets(self.one_time, self.users)

    async def adopt(self, user: User, owners: Collection[str]) -> int:
        """Give the submissions of `owners` to an account; return their number. Nobody else can read them then."""
        mine = sa.update(submissions).where(submissions.c.owner.in_(owners))
        async with self._transactions.writing() as tx:
            await require_accounts(tx.connection, [user.owner])
            # Two names of one sender may have used the same key, which an account has once.
            values = {"owner": user.owner, "submitter": user.submitter, "idempotency_key": None}
            done = await tx.connection.execute(mine.values(**values))
        return done.rowcount

    async def prune(self) -> None:
        """Delete what has expired."""
        await self.sessions.prune()
        await self.tokens.prune()


@asynccontextmanager
async def open_accounts(url: str) -> AsyncIterator[Accounts]:
    """Open the accounts alone, beside a judge that runs, in a database that has this version's schema."""
    database = open_database(url)
    try:
        yield Accounts(Transactions(database, LocalBus(Notifications())))
    finally:
        await database.close()
