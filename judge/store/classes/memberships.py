"""The classes of one account by one query, which every request of an account makes: short for who has none."""

import sqlalchemy as sa

from judge.account import USER_OWNER
from judge.assignment import ClassRole
from judge.store.classes.records import Memberships
from judge.store.classes.tables import assignment_problems, assignments, members
from judge.store.database import Connection
from judge.store.records import Taught

_MEMBER, _LEARNER, _PROBLEM = "member", "learner", "problem"


async def memberships(connection: Connection, user_id: str) -> Memberships:
    """Return what an account may do as a member of classes."""
    learners: dict[str, set[str]] = {}
    problems: dict[str, set[str]] = {}
    is_any = False
    for class_id, kind, value in await connection.execute(_QUERY, {"user": user_id}):
        is_any = True
        if kind == _LEARNER:
            learners.setdefault(class_id, set()).add(USER_OWNER + value)
        elif kind == _PROBLEM:
            problems.setdefault(class_id, set()).add(value)
    taught = tuple(
        Taught(owners=frozenset(owners), problems=frozenset(problems[class_id]))
        for class_id, owners in sorted(learners.items())
        if class_id in problems
    )
    return Memberships(any=is_any, taught=taught)


def _query() -> sa.CompoundSelect[tuple[str, str, str]]:
    user = sa.bindparam("user", type_=sa.String)
    mine, staff, others = members.alias("mine"), members.alias("staff"), members.alias("others")
    is_staff = sa.and_(staff.c.user_id == user, staff.c.role == str(ClassRole.STAFF))
    taught = others.join(staff, staff.c.class_id == others.c.class_id)
    given = assignment_problems.join(assignments).join(staff, staff.c.class_id == assignments.c.class_id)
    return sa.union_all(
        sa.select(mine.c.class_id, sa.literal(_MEMBER), mine.c.role).where(mine.c.user_id == user),
        sa.select(others.c.class_id, sa.literal(_LEARNER), others.c.user_id)
        .select_from(taught)
        .where(is_staff, others.c.role == str(ClassRole.LEARNER)),
        sa.select(assignments.c.class_id, sa.literal(_PROBLEM), assignment_problems.c.problem)
        .select_from(given)
        .where(is_staff),
    )


_QUERY = _query()
