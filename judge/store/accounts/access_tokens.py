"""Access tokens of programs: found by their hash at each request, so a revoked one is refused at once everywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.account import SCOPES_OF, Scope, User
from judge.store.accounts.faults import TooMany
from judge.store.accounts.tables import access_tokens, users
from judge.store.accounts.users import USER_COLUMNS, user_of
from judge.store.ids import new_id
from judge.store.senders import require_accounts
from judge.store.transactions import Transactions

MOST_TOKENS = 100  # of one account
USED_EVERY = timedelta(minutes=1)  # the time of the last request is written this often


@dataclass(frozen=True, kw_only=True)
class AccessToken:
    """A token of an account; `scopes` are those that its account's role still allows. `start` begins its text."""

    id: str
    user: User
    name: str
    start: str
    scopes: frozenset[Scope]
    created: datetime
    expires: datetime | None
    last_used: datetime | None


class AccessTokens:
    """The tokens of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(
        self, user: User, hashed: str, start: str, name: str, scopes: Iterable[Scope], expires: datetime | None
    ) -> AccessToken:
        """Store a new token by its hash. Raises TooMany, UnknownUser."""
        allowed = frozenset(scopes) & SCOPES_OF[user.role]
        row: dict[str, Any] = {
            "hash": hashed,
            "id": new_id(),
            "user_id": user.id,
            "name": name,
            "start": start,
            "scopes": " ".join(sorted(allowed)),
            "created": datetime.now(UTC),
            "expires": expires,
        }
        count = sa.select(sa.func.count()).select_from(access_tokens).where(access_tokens.c.user_id == user.id)
        async with self._transactions.writing() as tx:
            await require_accounts(tx.connection, [user.owner])
            if (await tx.connection.execute(count)).scalar_one() >= MOST_TOKENS:
                raise TooMany(f"an account has at most {MOST_TOKENS} tokens: revoke one first")
            await tx.connection.execute(sa.insert(access_tokens).values(row))
        return AccessToken(
            id=row["id"], user=user, name=name, start=start, scopes=allowed,
            created=row["created"], expires=expires, last_used=None,
        )  # fmt: skip

    async def find(self, hashed: str) -> AccessToken | None:
        """Return the token with a hash if it has not expired and its account is not disabled."""
        now = datetime.now(UTC)
        query = _joined().where(access_tokens.c.hash == hashed, ~users.c.disabled, _valid(now))
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        if row.last_used is None or row.last_used < now - USED_EVERY:
            async with self._transactions.writing() as tx:
                used = sa.update(access_tokens).where(access_tokens.c.hash == hashed).values(last_used=now)
                await tx.connection.execute(used)
        return _token(row)

    async def of(self, user_id: str) -> list[AccessToken]:
        """Return the tokens of an account that have not expired, the newest first."""
        query = _joined().where(access_tokens.c.user_id == user_id, _valid(datetime.now(UTC)))
        async with self._transactions.reading() as connection:
            return [_token(row) for row in await connection.execute(query.order_by(access_tokens.c.id.desc()))]

    async def revoke(self, user_id: str, token_id: str) -> bool:
        """Delete a token of an account; return whether it had it."""
        return await self._delete(access_tokens.c.user_id == user_id, access_tokens.c.id == token_id) > 0

    async def revoke_hash(self, hashed: str) -> bool:
        """Delete the token with a hash; return whether there was one."""
        return await self._delete(access_tokens.c.hash == hashed) > 0

    async def prune(self) -> None:
        """Delete what has expired."""
        await self._delete(~_valid(datetime.now(UTC)))

    async def _delete(self, *conditions: sa.ColumnElement[bool]) -> int:
        async with self._transactions.writing() as tx:
            return (await tx.connection.execute(sa.delete(access_tokens).where(*conditions))).rowcount


def _valid(now: datetime) -> sa.ColumnElement[bool]:
    return sa.or_(access_tokens.c.expires.is_(None), access_tokens.c.expires > now)


def _joined() -> sa.Select[*tuple[Any, ...]]:
    names = ("id", "name", "created")
    columns = [access_tokens.c[name].label(f"token_{name}") for name in names]
    own = [access_tokens.c[name] for name in ("start", "scopes", "expires", "last_used")]
    joined = access_tokens.join(users, users.c.id == access_tokens.c.user_id)
    return sa.select(*columns, *own, *USER_COLUMNS).select_from(joined)


def _token(row: sa.Row[*tuple[Any, ...]]) -> AccessToken:
    user = user_of(row._mapping)
    return AccessToken(
        id=row.token_id,
        user=user,
        name=row.token_name,
        start=row.start,
        scopes=frozenset(map(Scope, row.scopes.split())) & SCOPES_OF[user.role],
        created=row.token_created,
        expires=row.expires,
        last_used=row.last_used,
    )
