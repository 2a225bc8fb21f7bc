"""Assignments as links of a platform lead to them, and the people whom a launch lets into their classes."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.assignment import MOST_STAFF, ClassRole
from judge.store.accounts.faults import TooMany
from judge.store.classes.apply import MOST_TAUGHT, add_learners
from judge.store.classes.tables import assignments, classes, members
from judge.store.database import Connection
from judge.store.transactions import Transactions

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
        query = query.where(members.c.user_id == user_id, members.c.role == str(ClassRole.STAFF), ~classes.c.archived)
        query = query.order_by(classes.c.id.desc(), assignments.c.position).limit(MOST_CHOICES)
        async with self._transactions.reading() as connection:
            return [_linked(row) for row in await connection.execute(query)]

    async def role(self, class_id: str, user_id: str) -> ClassRole | None:
        """Return the role of an account in a class, None if it is not a member."""
        query = sa.select(members.c.role).where(members.c.class_id == class_id, members.c.user_id == user_id)
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return ClassRole(row.role) if row is not None else None

    async def enter(self, class_id: str, user_id: str, role: ClassRole) -> bool:
        """Let an account into a class; return whether that changed its role there. Raises TooMany.

        Staff stay staff, and a learner may become staff.
        """
        if await self.role(class_id, user_id) in {ClassRole.STAFF, role}:
            return False
        try:
            async with self._transactions.writing() as tx:
                if role is ClassRole.LEARNER:
                    await add_learners(tx.connection, class_id, [user_id])
                else:
                    await _make_staff(tx.connection, class_id, user_id)
        except sa.exc.IntegrityError:  # the same person launched twice at once
            return False
        return True


async def _make_staff(connection: Connection, class_id: str, user_id: str) -> None:
    staff = sa.select(sa.func.count()).select_from(members).where(members.c.role == str(ClassRole.STAFF))
    if (await connection.execute(staff.where(members.c.class_id == class_id))).scalar_one() >= MOST_STAFF:
        raise TooMany(f"a class has at most {MOST_STAFF} staff")
    if (await connection.execute(staff.where(members.c.user_id == user_id))).scalar_one() >= MOST_TAUGHT:
        raise TooMany(f"one account is staff of at most {MOST_TAUGHT} classes")
    mine, values = (members.c.class_id == class_id, members.c.user_id == user_id), {"role": str(ClassRole.STAFF)}
    if not (await connection.execute(sa.update(members).where(*mine).values(values))).rowcount:
        row = {"class_id": class_id, "user_id": user_id, "joined": datetime.now(UTC)}
        await connection.execute(sa.insert(members).values(row | values))


def _query() -> sa.Select[*tuple[Any, ...]]:
    own = [assignments.c[name] for name in ("id", "slug", "title", "class_id")]
    of_class = [classes.c.slug.label("class_slug"), classes.c.title.label("class_title")]
    return sa.select(*own, *of_class).select_from(assignments.join(classes, classes.c.id == assignments.c.class_id))


def _linked(row: sa.Row[*tuple[Any, ...]]) -> LinkedAssignment:
    return LinkedAssignment(**row._mapping)
