"""A class's description written into the store, within one transaction. The same description again changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.assignment import MOST_LEARNERS, Assignment, ClassDescription, ClassRole
from judge.store.accounts.faults import TooMany
from judge.store.accounts.tables import users
from judge.store.classes.faults import NotEnrolled, UnknownMembers
from judge.store.classes.tables import assignment_problems, assignments, classes, members
from judge.store.database import Connection
from judge.store.ids import new_id

MOST_TAUGHT = 25  # classes of which one account may be staff: their learners are named in one query


async def write_class(connection: Connection, description: ClassDescription, *, may_enrol: bool) -> bool:
    """Make or change a class; return whether it is new. Raises UnknownMembers, NotEnrolled or TooMany.

    Staff become exactly those of the description. Its learners are added: others, who came by the join link, stay.
    Staff read what their learners send, so only who `may_enrol` adds learners who did not join.
    """
    ids = await _user_ids(connection, (*description.staff, *description.learners))
    row = {"title": description.title, "archived": description.archived}
    query = sa.select(classes.c.id).where(classes.c.slug == description.slug).with_for_update()
    known = (await connection.execute(query)).scalar()
    class_id = str(known or new_id())
    if known is None:
        more = {"id": class_id, "slug": description.slug, "created": datetime.now(UTC)}
        await connection.execute(sa.insert(classes).values(row | more))
    else:
        await connection.execute(sa.update(classes).where(classes.c.id == class_id).values(row))
    staff = [ids[name.lower()] for name in description.staff]
    if not may_enrol:
        await _refuse_new_learners(connection, class_id, {ids[name.lower()]: name for name in description.learners})
    await _write_members(connection, class_id, staff, [ids[name.lower()] for name in description.learners])
    await _write_assignments(connection, class_id, description.assignments)
    return known is None


async def add_learners(connection: Connection, class_id: str, user_ids: Iterable[str]) -> None:
    """Add learners who are not members yet. Raises TooMany."""
    await connection.execute(sa.select(classes.c.id).where(classes.c.id == class_id).with_for_update())
    known = await roles(connection, class_id)  # with the lock, people who join at once are counted one by one
    new = [each for each in dict.fromkeys(user_ids) if each not in known]
    learners = sum(role is ClassRole.LEARNER for role in known.values()) + len(new)
    if new and learners > MOST_LEARNERS:
        raise TooMany(f"a class has at most {MOST_LEARNERS:,} learners")
    await _add(connection, class_id, new, ClassRole.LEARNER)


async def roles(connection: Connection, class_id: str) -> dict[str, ClassRole]:
    """Return {id of a member's account: role}."""
    query = sa.select(members.c.user_id, members.c.role).where(members.c.class_id == class_id)
    return {row.user_id: ClassRole(row.role) for row in await connection.execute(query)}


async def _user_ids(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    """Return {name in lower case: id}. Raises UnknownMembers."""
    wanted = {name.lower() for name in names}
    query = sa.select(users.c.name_key, users.c.id).where(users.c.name_key.in_(wanted))
    found = {row.name_key: row.id for row in await connection.execute(query)} if wanted else {}
    unknown = [name for name in dict.fromkeys(names) if name.lower() not in found]
    if unknown:
        raise UnknownMembers(unknown)
    return found


async def _refuse_new_learners(connection: Connection, class_id: str, wanted: Mapping[str, str]) -> None:
    """Raise NotEnrolled if any of {id: name} is not a learner of the class."""
    known = await roles(connection, class_id)
    new = [name for user_id, name in wanted.items() if known.get(user_id) is not ClassRole.LEARNER]
    if new:
        raise NotEnrolled(new)


async def _write_members(connection: Connection, class_id: str, staff: Sequence[str], learners: Sequence[str]) -> None:
    known = await roles(connection, class_id)
    of_class = members.c.class_id == class_id
    former = [user for user, role in known.items() if role is ClassRole.STAFF and user not in staff]
    promoted = [user for user in staff if known.get(user) is ClassRole.LEARNER]
    if former:
        await connection.execute(sa.delete(members).where(of_class, members.c.user_id.in_(former)))
    if promoted:
        becomes = sa.update(members).where(of_class, members.c.user_id.in_(promoted))
        await connection.execute(becomes.values(role=str(ClassRole.STAFF)))
    await _add(connection, class_id, [user for user in staff if user not in known], ClassRole.STAFF)
    await _refuse_many_taught(connection, staff)
    await add_learners(connection, class_id, learners)


async def _refuse_many_taught(connection: Connection, staff: Sequence[str]) -> None:
    count = sa.func.count()
    query = sa.select(members.c.user_id).where(members.c.role == str(ClassRole.STAFF), members.c.user_id.in_(staff))
    query = query.group_by(members.c.user_id).having(count > MOST_TAUGHT)
    if staff and (await connection.execute(query)).first() is not None:
        raise TooMany(f"one account is staff of at most {MOST_TAUGHT} classes")


async def _add(connection: Connection, class_id: str, user_ids: Sequence[str], role: ClassRole) -> None:
    now = datetime.now(UTC)
    rows = [{"class_id": class_id, "user_id": each, "role": str(role), "joined": now} for each in user_ids]
    if rows:
        await connection.execute(sa.insert(members), rows)


async def _write_assignments(connection: Connection, class_id: str, wanted: Sequence[Assignment]) -> None:
    """Write the assignments; one whose slug was there keeps its id, and others go."""
    query = sa.select(assignments.c.slug, assignments.c.id).where(assignments.c.class_id == class_id)
    known = {row.slug: row.id for row in await connection.execute(query)}
    gone = [known[slug] for slug in known.keys() - {each.slug for each in wanted}]
    if known:
        problems = sa.delete(assignment_problems).where(assignment_problems.c.assignment_id.in_(known.values()))
        await connection.execute(problems)
    if gone:
        await connection.execute(sa.delete(assignments).where(assignments.c.id.in_(gone)))
    for position, each in enumerate(wanted):
        row = _row(each, position)
        if each.slug in known:
            await connection.execute(sa.update(assignments).where(assignments.c.id == known[each.slug]).values(row))
        else:
            known[each.slug] = new_id()
            more = {"id": known[each.slug], "class_id": class_id, "slug": each.slug}
            await connection.execute(sa.insert(assignments).values(row | more))
    rows = [
        {"assignment_id": known[each.slug], "problem": problem, "position": position}
        for each in wanted
        for position, problem in enumerate(each.problems)
    ]
    if rows:
        await connection.execute(sa.insert(assignment_problems), rows)


def _row(assignment: Assignment, position: int) -> dict[str, Any]:
    return {
        "title": assignment.title,
        "position": position,
        "opens": assignment.opens,
        "due": assignment.due,
        "closes": assignment.closes,
        "attempts": assignment.attempts,
        "rules": assignment.rules,
    }
