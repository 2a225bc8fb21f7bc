"""Sessions of browsers: found by the hash of their cookie, so that the store holds nothing to sign in with.

A session ends IDLE after its last request, LONGEST after it began, or when it is deleted; each request reads the row,
so it ends on all machines at once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.account import User
from judge.store.accounts.tables import sessions, users
from judge.store.accounts.users import USER_COLUMNS, user_of
from judge.store.ids import new_id
from judge.store.senders import require_accounts
from judge.store.transactions import Transactions

IDLE = timedelta(days=14)
LONGEST = timedelta(days=60)
SEEN_EVERY = timedelta(minutes=5)  # the time of the last request is written this often
MOST_SESSIONS = 50  # of one account; beyond, the one that was used longest ago ends
AGENT_CHARACTERS = 200


@dataclass(frozen=True, kw_only=True)
class Session:
    """A browser that is signed in."""

    id: str
    user: User
    agent: str
    created: datetime
    last_seen: datetime
    expires: datetime


class Sessions:
    """The sessions of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def begin(self, user: User, hashed: str, agent: str, *, replaces: str | None = None) -> None:
        """Begin a session under the hash of a new secret; end the one with the hash `replaces`. Raises UnknownUser."""
        now = datetime.now(UTC)
        row = {
            "hash": hashed,
            "id": new_id(),
            "user_id": user.id,
            "agent": agent[:AGENT_CHARACTERS],
            "created": now,
            "last_seen": now,
            "expires": now + LONGEST,
        }
        kept = sa.select(sessions.c.hash).where(sessions.c.user_id == user.id)
        kept = kept.order_by(sessions.c.last_seen.desc()).limit(MOST_SESSIONS - 1)
        async with self._transactions.writing() as tx:
            await require_accounts(tx.connection, [user.owner])
            if replaces:
                await tx.connection.execute(sa.delete(sessions).where(sessions.c.hash == replaces))
            hashes = [each.hash for each in await tx.connection.execute(kept)]
            older = sa.delete(sessions).where(sessions.c.user_id == user.id, sessions.c.hash.not_in(hashes))
            await tx.connection.execute(older)
            await tx.connection.execute(sa.insert(sessions).values(row))

    async def find(self, hashed: str) -> Session | None:
        """Return the session with a hash if it has not expired and its account is not disabled."""
        now = datetime.now(UTC)
        query = _joined().where(sessions.c.hash == hashed, ~users.c.disabled)
        query = query.where(sessions.c.expires > now, sessions.c.last_seen > now - IDLE)
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        if row.last_seen < now - SEEN_EVERY:
            async with self._transactions.writing() as tx:
                seen = sa.update(sessions).where(sessions.c.hash == hashed).values(last_seen=now)
                await tx.connection.execute(seen)
        return _session(row)

    async def of(self, user_id: str) -> list[Session]:
        """Return the sessions of an account, the last used first."""
        now = datetime.now(UTC)
        query = _joined().where(sessions.c.user_id == user_id, sessions.c.last_seen > now - IDLE)
        query = query.where(sessions.c.expires > now).order_by(sessions.c.last_seen.desc())
        async with self._transactions.reading() as connection:
            return [_session(row) for row in await connection.execute(query)]

    async def end(self, hashed: str) -> None:
        """End the session with a hash."""
        await self._delete(sessions.c.hash == hashed)

    async def end_of(self, user_id: str, session_id: str) -> bool:
        """End one session of an account; return whether it had it."""
        return await self._delete(sa.and_(sessions.c.user_id == user_id, sessions.c.id == session_id)) > 0

    async def end_all(self, user_id: str, *, but: str | None = None) -> int:
        """End every session of an account but the one with the hash `but`; return their number."""
        condition = sessions.c.user_id == user_id
        return await self._delete(sa.and_(condition, sessions.c.hash != but) if but else condition)

    async def prune(self) -> None:
        """Delete what has expired."""
        now = datetime.now(UTC)
        await self._delete(sa.or_(sessions.c.expires <= now, sessions.c.last_seen <= now - IDLE))

    async def _delete(self, condition: sa.ColumnElement[bool]) -> int:
        async with self._transactions.writing() as tx:
            return (await tx.connection.execute(sa.delete(sessions).where(condition))).rowcount


def _joined() -> sa.Select[*tuple[Any, ...]]:
    columns = [sessions.c[name].label(f"session_{name}") for name in ("id", "created")]
    own = [sessions.c[name] for name in ("agent", "last_seen", "expires")]
    return sa.select(*columns, *own, *USER_COLUMNS).select_from(sessions.join(users, users.c.id == sessions.c.user_id))


def _session(row: sa.Row[*tuple[Any, ...]]) -> Session:
    return Session(
        id=row.session_id,
        user=user_of(row._mapping),
        agent=row.agent,
        created=row.session_created,
        last_seen=row.last_seen,
        expires=row.expires,
    )
