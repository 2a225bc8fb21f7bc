"""Attempts of a class's learners at its assignments, as a query that the gradebook and the mistakes build on.

An attempt is in it if it was sent while the assignment was open, by a learner of the class, and was judged by all cases
without a fault of the judge.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from judge.account import USER_OWNER
from judge.assignment import ClassRole
from judge.store.classes.tables import assignment_problems, assignments, members
from judge.store.records import Status
from judge.store.schema import judgings, submissions
from judge.verdict import Verdict


def attempts_of(
    class_id: str,
    *,
    user_id: str | None = None,
    assignment_id: str | None = None,
    problem: str | None = None,
    user_ids: Collection[str] = (),
) -> sa.Select[Any]:
    """Return the attempts of a class, or a part of them; `user_ids` chooses some learners, empty means all."""
    joined = (
        members.join(assignments, assignments.c.class_id == members.c.class_id)
        .join(assignment_problems, assignment_problems.c.assignment_id == assignments.c.id)
        .join(
            submissions,
            sa.and_(
                submissions.c.owner == sa.literal(USER_OWNER) + members.c.user_id,
                submissions.c.problem == assignment_problems.c.problem,
            ),
        )
        .join(judgings, judgings.c.id == submissions.c.judging_id)
    )
    query = sa.select(
        assignments.c.id.label("assignment_id"),
        members.c.user_id,
        submissions.c.problem,
        submissions.c.id.label("submission_id"),
        submissions.c.created,
        judgings.c.id.label("judging_id"),
        judgings.c.verdict,
        judgings.c.cause,
        sa.func.coalesce(judgings.c.score, 0.0).label("score"),
        assignments.c.due,
        assignments.c.attempts.label("most"),
    ).where(
        members.c.class_id == class_id,
        members.c.role == str(ClassRole.LEARNER),
        submissions.c.cancelled.is_(None),
        judgings.c.status == str(Status.DONE),
        judgings.c.verdict != str(Verdict.JUDGE_ERROR),
        ~judgings.c.samples_only,
        sa.or_(assignments.c.opens.is_(None), submissions.c.created >= assignments.c.opens),
        sa.or_(assignments.c.closes.is_(None), submissions.c.created <= assignments.c.closes),
    )
    query = query.select_from(joined)
    if user_id is not None:
        query = query.where(members.c.user_id == user_id)
    if user_ids:
        query = query.where(members.c.user_id.in_(user_ids))
    if assignment_id is not None:
        query = query.where(assignments.c.id == assignment_id)
    if problem is not None:
        query = query.where(submissions.c.problem == problem)
    return query


def first_attempts(query: sa.Select[Any]) -> sa.Select[Any]:
    """Return of `attempts_of` those that are no more than each assignment allows of a learner for a problem."""
    found = query.cte("every")
    series = (found.c.assignment_id, found.c.user_id, found.c.problem)
    number = sa.func.row_number().over(partition_by=series, order_by=found.c.submission_id).label("number")
    numbered = sa.select(found, number).cte("numbered")
    within = sa.or_(numbered.c.most.is_(None), numbered.c.number <= numbered.c.most)
    return sa.select(*(numbered.c[column.name] for column in found.c)).where(within)
