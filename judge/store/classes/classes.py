"""Classes: made and changed by their descriptions, joined by a link, and read by their members."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from judge.assignment import Assignment, ClassDescription, ClassRole
from judge.store.accounts.tables import users
from judge.store.accounts.users import USER_COLUMNS, user_of
from judge.store.classes.apply import add_learners, write_class
from judge.store.classes.faults import UnknownClass
from judge.store.classes.gradebook import Gradebook
from judge.store.classes.memberships import memberships
from judge.store.classes.mistakes import Mistakes
from judge.store.classes.records import Assigned, ClassRecord, Member, Memberships
from judge.store.classes.tables import assignment_problems, assignments, classes, members
from judge.store.database import Connection
from judge.store.transactions import Transactions

MOST_LISTED = 500  # classes in a list
_CLASS = (
    *(classes.c[name].label(f"class_{name}") for name in ("id", "slug", "title", "archived", "created")),
    (classes.c.join_hash != "").label("class_joinable"),
)
_OWN = [assignments.c[name] for name in ("id", "slug", "title", "opens", "due", "attempts", "rules")]


class Classes:
    """The classes of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self.gradebook = Gradebook(transactions)
        self.mistakes = Mistakes(transactions)

    async def apply(self, description: ClassDescription, *, may_enrol: bool = True) -> bool:
        """Make or change a class in one transaction; return whether it is new.

        Raises UnknownMembers, TooMany, or NotEnrolled if it adds learners and its author may not enrol them.
        """
        for is_last in (False, True):
            try:
                async with self._transactions.writing() as tx:
                    return await write_class(tx.connection, description, may_enrol=may_enrol)
            except sa.exc.IntegrityError:  # another request made the same class, or added the same member, just now
                if is_last:
                    raise
        raise AssertionError("unreachable")

    async def find(self, slug: str, user_id: str | None = None) -> tuple[ClassRecord, ClassRole | None]:
        """Return a class, and the role that an account has in it. Raises UnknownClass."""
        mine = sa.and_(members.c.class_id == classes.c.id, members.c.user_id == (user_id or ""))
        query = sa.select(*_CLASS, members.c.role).select_from(classes.outerjoin(members, mine))
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query.where(classes.c.slug == slug))).one_or_none()
        if row is None:
            raise UnknownClass
        return _class(row), ClassRole(row.role) if row.role else None

    async def of(self, user_id: str) -> list[tuple[ClassRecord, ClassRole]]:
        """Return the classes of an account with its role in each, the newest first."""
        query = (
            sa.select(*_CLASS, members.c.role).select_from(classes.join(members)).where(members.c.user_id == user_id)
        )
        async with self._transactions.reading() as connection:
            rows = await connection.execute(query.order_by(classes.c.id.desc()).limit(MOST_LISTED))
            return [(_class(row), ClassRole(row.role)) for row in rows]

    async def all(self) -> list[ClassRecord]:
        """Return every class, the newest first."""
        query = sa.select(*_CLASS).order_by(classes.c.id.desc()).limit(MOST_LISTED)
        async with self._transactions.reading() as connection:
            return [_class(row) for row in await connection.execute(query)]

    async def memberships(self, user_id: str) -> Memberships:
        """Return what an account may do as a member of classes, by one query."""
        async with self._transactions.reading() as connection:
            return await memberships(connection, user_id)

    # --- members

    async def members(self, class_id: str) -> list[Member]:
        """Return the members of a class, sorted by name."""
        query = sa.select(*USER_COLUMNS, members.c.role.label("class_role"), members.c.joined)
        query = query.select_from(users.join(members)).where(members.c.class_id == class_id)
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(query.order_by(users.c.name_key))).all()
        return [Member(user=user_of(row._mapping), role=ClassRole(row.class_role), joined=row.joined) for row in rows]

    async def add_learner(self, class_id: str, user_id: str) -> None:
        """Let an account join a class; nothing changes for a member. Raises TooMany."""
        try:
            async with self._transactions.writing() as tx:
                await add_learners(tx.connection, class_id, [user_id])
        except sa.exc.IntegrityError:  # it joined by another request just now
            return

    async def remove(self, class_id: str, user_id: str) -> bool:
        """Remove a learner from a class; return whether it was one. Its submissions stay its own."""
        mine = (members.c.class_id == class_id, members.c.user_id == user_id)
        delete = sa.delete(members).where(*mine, members.c.role == str(ClassRole.LEARNER))
        async with self._transactions.writing() as tx:
            return (await tx.connection.execute(delete)).rowcount > 0

    # --- the join link

    async def set_join_link(self, class_id: str, hashed: str) -> None:
        """Replace the join link of a class by the hash of its secret; an empty one disables joining."""
        async with self._transactions.writing() as tx:
            update = sa.update(classes).where(classes.c.id == class_id).values(join_hash=hashed)
            await tx.connection.execute(update)

    async def by_join_link(self, hashed: str) -> ClassRecord | None:
        """Return the class that a join link leads to, or None."""
        query = sa.select(*_CLASS).where(classes.c.join_hash == hashed, ~classes.c.archived)
        async with self._transactions.reading() as connection:
            row = (await connection.execute(query)).one_or_none() if hashed else None
        return _class(row) if row is not None else None

    # --- assignments

    async def assignments(self, class_id: str) -> tuple[Assignment, ...]:
        """Return the assignments of a class, in their order."""
        async with self._transactions.reading() as connection:
            found = await _assignments(connection, [assignments.c.class_id == class_id])
        return tuple(each.assignment for each in found)

    async def assigned(self, problem: str, user_id: str | None) -> list[Assigned]:
        """Return the assignments that a problem is in, in classes that are not archived.

        Those of classes that an account is a learner of; without an account, those of all classes.
        """
        with_it = sa.select(assignment_problems.c.assignment_id).where(assignment_problems.c.problem == problem)
        conditions = [assignments.c.id.in_(with_it), ~classes.c.archived]
        if user_id is not None:
            mine = sa.select(members.c.class_id).where(members.c.user_id == user_id)
            conditions.append(classes.c.id.in_(mine.where(members.c.role == str(ClassRole.LEARNER))))
        async with self._transactions.reading() as connection:
            return await _assignments(connection, conditions)

    async def description(self, slug: str) -> ClassDescription:
        """Return a class as its file describes it. Raises UnknownClass."""
        found, _ = await self.find(slug)
        people = await self.members(found.id)
        return ClassDescription(
            slug=found.slug,
            title=found.title,
            staff=tuple(each.user.name for each in people if each.role is ClassRole.STAFF),
            learners=tuple(each.user.name for each in people if each.role is ClassRole.LEARNER),
            assignments=await self.assignments(found.id),
            archived=found.archived,
        )


async def _assignments(connection: Connection, conditions: Sequence[sa.ColumnElement[bool]]) -> list[Assigned]:
    joined = assignments.join(classes).join(assignment_problems)
    query = sa.select(*_CLASS, *_OWN, assignment_problems.c.problem).select_from(joined).where(*conditions)
    query = query.order_by(classes.c.id, assignments.c.position, assignment_problems.c.position)
    rows: dict[str, Any] = {}
    problems: dict[str, list[str]] = {}
    for row in await connection.execute(query):
        rows[row.id] = row
        problems.setdefault(row.id, []).append(row.problem)
    return [
        Assigned(
            classroom=_class(row),
            assignment=Assignment.of(
                row.rules,
                problems=tuple(problems[row.id]),
                **{column.name: row._mapping[column] for column in _OWN[:-1]},
            ),
        )
        for row in rows.values()
    ]


def _class(row: Any) -> ClassRecord:
    names = ("id", "slug", "title", "created")
    return ClassRecord(
        joinable=bool(row.class_joinable),
        archived=bool(row.class_archived),
        **{name: row._mapping[f"class_{name}"] for name in names},
    )
