"""Secrets that all machines of one judge share: whoever needs one first makes it."""

from datetime import UTC, datetime

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.schema import secrets


async def known(connection: Connection, name: str) -> str | None:
    """The secret `name`; None where nobody has made it."""
    row = (await connection.execute(sa.select(secrets.c.value).where(secrets.c.name == name))).one_or_none()
    return None if row is None else str(row.value)


async def keep(connection: Connection, name: str, value: str) -> None:
    """Write it, unless somebody has. Raises IntegrityError where two write at once."""
    if await known(connection, name) is None:
        values = {"name": name, "value": value, "created": datetime.now(UTC)}
        await connection.execute(sa.insert(secrets).values(values))
