"""Attempts of a class's learners at its assignments, as a query that the gradebook and the mistakes build on.

An attempt counts if it was sent while the assignment was open, by a learner of the class, and was judged by all cases
without a fault of the judge. `number` counts them for each learner and problem from 1; those beyond the most that the
assignment allows are in the query too.
"""

import sqlalchemy as sa

from judge.account import USER_OWNER
from judge.assignment import ClassRole
from judge.store.classes.tables import assignment_problems, assignments, members
from judge.store.records import Status
from judge.store.schema import judgings, submissions
from judge.verdict import Verdict


def attempts_of(
    class_id: str, *, user_id: str | None = None, assignment_id: str | None = None, problem: str | None = None
) -> sa.CTE:
    """Return the attempts of a class, or a part of them."""
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
    series = (assignments.c.id, members.c.user_id, submissions.c.problem)
    query = (
        sa.select(
            assignments.c.id.label("assignment_id"),
            members.c.user_id,
            submissions.c.problem,
            submissions.c.id.label("submission_id"),
            submissions.c.created,
            judgings.c.id.label("judging_id"),
            judgings.c.verdict,
            sa.func.coalesce(judgings.c.score, 0.0).label("score"),
            assignments.c.due,
            assignments.c.attempts.label("most"),
            sa.func.row_number().over(partition_by=series, order_by=submissions.c.id).label("number"),
        )
        .select_from(joined)
        .where(
            members.c.class_id == class_id,
            members.c.role == str(ClassRole.LEARNER),
            submissions.c.cancelled.is_(None),
            judgings.c.status == str(Status.DONE),
            judgings.c.verdict != str(Verdict.JUDGE_ERROR),
            ~judgings.c.samples_only,
            sa.or_(assignments.c.opens.is_(None), submissions.c.created >= assignments.c.opens),
            sa.or_(assignments.c.closes.is_(None), submissions.c.created <= assignments.c.closes),
        )
    )
    if user_id is not None:
        query = query.where(members.c.user_id == user_id)
    if assignment_id is not None:
        query = query.where(assignments.c.id == assignment_id)
    if problem is not None:
        query = query.where(submissions.c.problem == problem)
    return query.cte("attempts")
