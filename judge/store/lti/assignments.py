"""Assignments as links of a platform lead to them, and the people whom a launch lets into their classes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.store.classes.tables import assignments, classes, members
from judge.store.transactions import Transactions

LEARNER, STAFF = "learner", "staff"  # roles in a class
MOST_STAFF = 50  # of a class, that a platform can bring
MOST_LEARNERS = 1_000  # of a class, that a platform can bring
MOST_CHOICES = 500  # assignments to choose from


@dataclass(frozen=True, kw_only=True)
class LinkedAssignment:
    """An assignment, and the class that it belongs to."""

    id: str
    slug: str
    title: str
    class_id: str
    class_slug: str
    class_title: str


class LinkedAssignments:
    """The assignments of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def get(self, assignment_id: str) -> LinkedAssignment | None:
        """Return an assignment of a class that is not archived, or None."""
        query = _query().where(assignments.c.id == assignment_id, ~classes.c.archived)
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return _linked(row) if row is not None else None

    async def taught_by(self, user_id: str) -> list[LinkedAssignment]:
        """Return the assignments of the classes that an account is staff of, the newest class first."""
        query = _query().join(members, members.c.class_id == classes.c.id)
        query = query.where(members.c.user_id == user_id, members.c.role == STAFF, ~classes.c.archived)
        query = query.order_by(classes.c.id.desc(), assignments.c.position).limit(MOST_CHOICES)
        async with self._transactions.reading() as connection:
            return [_linked(row) for row in await connection.execute(query)]

    async def role(self, class_id: str, user_id: str) -> str:
        """Return the role of an account in a class, or an empty text."""
        query = sa.select(members.c.role).where(members.c.class_id == class_id, members.c.user_id == user_id)
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return str(row.role) if row is not None else ""

    async def enter(self, class_id: str, user_id: str, role: str) -> str:
        """Let an account into a class, and return its role there: staff stay staff, and a learner may become staff.

        The role is empty if the class is full.
        """
        before = await self.role(class_id, user_id)
        if before in {STAFF, role}:
            return before
        mine = (members.c.class_id == class_id, members.c.user_id == user_id)
        count = sa.select(sa.func.count()).select_from(members)
        count = count.where(members.c.class_id == class_id, members.c.role == role)
        row = {"class_id": class_id, "user_id": user_id, "role": role, "joined": datetime.now(UTC)}
        try:
            async with self._transactions.writing() as tx:
                if (await tx.connection.execute(count)).scalar_one() >= (
                    MOST_STAFF if role == STAFF else MOST_LEARNERS
                ):
                    return before
                if not (await tx.connection.execute(sa.update(members).where(*mine).values(role=role))).rowcount:
                    await tx.connection.execute(sa.insert(members).values(row))
        except sa.exc.IntegrityError:  # the same person launched twice at once
            return await self.role(class_id, user_id)
        return role


def _query() -> sa.Select[*tuple[Any, ...]]:
    own = [assignments.c[name] for name in ("id", "slug", "title", "class_id")]
    of_class = [classes.c.slug.label("class_slug"), classes.c.title.label("class_title")]
    return sa.select(*own, *of_class).select_from(assignments.join(classes, classes.c.id == assignments.c.class_id))


def _linked(row: sa.Row[*tuple[Any, ...]]) -> LinkedAssignment:
    return LinkedAssignment(**row._mapping)
