"""The accounts that send submissions: one that is erased at the same moment sends nothing any more."""

from collections.abc import Iterable

import sqlalchemy as sa

from judge.account import USER_OWNER
from judge.store.accounts.faults import UnknownUser
from judge.store.accounts.tables import users
from judge.store.database import Connection


async def require_accounts(connection: Connection, owners: Iterable[str]) -> None:
    """Raise UnknownUser if an owner is an account that is gone; until the transaction ends none of them can go."""
    ids = {owner.removeprefix(USER_OWNER) for owner in owners if owner.startswith(USER_OWNER)}
    if not ids:
        return
    query = sa.select(users.c.id).where(users.c.id.in_(ids)).with_for_update(read=True, key_share=True)
    if {row.id for row in await connection.execute(query)} != ids:
        raise UnknownUser(str(UnknownUser.__doc__))
