"""Registrations of learning platforms, and the courses there that belong to classes here."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.lti_platform import Platform
from judge.store.database import Connection
from judge.store.ids import new_id
from judge.store.lti.faults import PlatformExists, TooManyPlatforms, UnknownPlatform
from judge.store.lti.tables import courses, deployments, platforms, scores
from judge.store.transactions import Transactions

MOST_PLATFORMS = 100


class Platforms:
    """The registrations of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(
        self,
        *,
        issuer: str,
        client_id: str,
        auth_url: str,
        token_url: str,
        jwks_url: str,
        deployments: Iterable[str],
    ) -> Platform:
        """Register a platform. Raises PlatformExists and TooManyPlatforms."""
        row = {
            "id": new_id(),
            "issuer": issuer,
            "client_id": client_id,
            "auth_url": auth_url,
            "token_url": token_url,
            "jwks_url": jwks_url,
        }
        names = frozenset(deployments)
        count = sa.select(sa.func.count()).select_from(platforms)
        try:
            async with self._transactions.writing() as tx:
                if (await tx.connection.execute(count)).scalar_one() >= MOST_PLATFORMS:
                    raise TooManyPlatforms
                await tx.connection.execute(sa.insert(platforms).values(**row, created=datetime.now(UTC)))
                await _allow(tx.connection, row["id"], names)
        except sa.exc.IntegrityError:
            raise PlatformExists from None
        return Platform(**row, deployments=names)

    async def all(self) -> list[Platform]:
        """Return every registration, in the order of their making."""
        return await self._find()

    async def get(self, platform_id: str) -> Platform:
        """Return a registration. Raises UnknownPlatform."""
        found = await self._find(platforms.c.id == platform_id)
        if not found:
            raise UnknownPlatform
        return found[0]

    async def of_issuer(self, issuer: str, client_id: str = "") -> list[Platform]:
        """Return the registrations at an issuer, only that with `client_id` if it is given."""
        mine = platforms.c.issuer == issuer
        return await self._find(sa.and_(mine, platforms.c.client_id == client_id) if client_id else mine)

    async def remove(self, platform_id: str) -> None:
        """Delete a registration with all that came by it, but not the people. Raises UnknownPlatform."""
        async with self._transactions.writing() as tx:
            for table in (scores, courses, deployments):
                await tx.connection.execute(sa.delete(table).where(table.c.platform_id == platform_id))
            removed = await tx.connection.execute(sa.delete(platforms).where(platforms.c.id == platform_id))
        if not removed.rowcount:
            raise UnknownPlatform

    async def join(self, platform_id: str, deployment: str, course: str, class_id: str) -> None:
        """Let the people of a platform's course be those of a class."""
        key = {"platform_id": platform_id, "deployment_id": deployment, "course": course, "class_id": class_id}
        async with self._transactions.writing() as tx:
            found = await tx.connection.execute(sa.select(courses.c.class_id).filter_by(**key))
            if found.first() is None:
                await tx.connection.execute(sa.insert(courses).values(**key, created=datetime.now(UTC)))

    async def is_joined(self, platform_id: str, deployment: str, course: str, class_id: str) -> bool:
        """Return whether a platform's course is joined with a class."""
        key = {"platform_id": platform_id, "deployment_id": deployment, "course": course, "class_id": class_id}
        async with self._transactions.reading() as connection:
            return (await connection.execute(sa.select(courses.c.class_id).filter_by(**key))).first() is not None

    async def _find(self, *conditions: sa.ColumnElement[bool]) -> list[Platform]:
        query = sa.select(platforms).where(*conditions).order_by(platforms.c.id)
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(query)).all()
            named = sa.select(deployments).where(deployments.c.platform_id.in_([row.id for row in rows]))
            allowed = (await connection.execute(named)).all()
        return [_platform(row, (each.deployment_id for each in allowed if each.platform_id == row.id)) for row in rows]


async def _allow(connection: Connection, platform_id: str, names: Iterable[str]) -> None:
    rows = [{"platform_id": platform_id, "deployment_id": name} for name in sorted(names)]
    if rows:
        await connection.execute(sa.insert(deployments).values(rows))


def _platform(row: sa.Row[*tuple[Any, ...]], names: Iterable[str]) -> Platform:
    fields = {name: value for name, value in row._mapping.items() if name != "created"}
    return Platform(**fields, deployments=frozenset(names))
