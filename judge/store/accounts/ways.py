"""The ways in which an account can sign in, counted where one of them is taken away: the last one stays."""

from collections.abc import Collection

import sqlalchemy as sa

from judge.store.accounts.faults import LastWay
from judge.store.accounts.tables import identities, passkeys, users
from judge.store.database import Connection


async def keep_one(connection: Connection, user_id: str, issuers: Collection[str]) -> None:
    """Raise LastWay if an account can't sign in any more, in the transaction that takes a way away.

    Identities count if their provider, of which `issuers` has all, is still in use. Call `lock` before the change.
    """
    password = sa.select(users.c.id).where(users.c.id == user_id, users.c.password_hash.is_not(None))
    passkey = sa.select(passkeys.c.id).where(passkeys.c.user_id == user_id)
    identity = sa.select(identities.c.subject).where(
        identities.c.user_id == user_id, identities.c.issuer.in_(list(issuers))
    )
    for way in (password, passkey, identity):
        if (await connection.execute(way.limit(1))).first() is not None:
            return
    raise LastWay(str(LastWay.__doc__))


async def lock(connection: Connection, user_id: str) -> None:
    """Let no other transaction change the ways of an account until this one ends."""
    await connection.execute(sa.select(users.c.id).where(users.c.id == user_id).with_for_update())
