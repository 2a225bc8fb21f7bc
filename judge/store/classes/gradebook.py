"""The gradebook of a class: one query gives a cell for each learner and problem that has an attempt.

Numbering attempts costs the database as much as all the rest, so it is left to a second query for the learners who
made more than count, which are few or none.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa

from judge.assignment import Assignment, Cell
from judge.store.classes.attempts import attempts_of, first_attempts
from judge.store.schema import judgings, submissions
from judge.store.transactions import Transactions
from judge.verdict import Verdict

# An attempt's rank as text, the best first: seven digits that fall with the score, then its id, which is earlier first.
RANKS, RANK_DIGITS = 1_000_000, 7
ID_CHARACTERS = 36


class Gradebook:
    """The gradebooks of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def cells(
        self,
        class_id: str,
        assignments: Sequence[Assignment],
        *,
        user_id: str | None = None,
        assignment_id: str | None = None,
        problem: str | None = None,
    ) -> list[Cell]:
        """Return the cells of a class whose assignments are `assignments`, or those of one learner or assignment."""
        chosen = partial(attempts_of, class_id, user_id=user_id, assignment_id=assignment_id, problem=problem)
        async with self._transactions.reading() as connection:
            query = _best(chosen(), assignments)
            cells = [_cell(row) for row in (await connection.execute(query)).all()]
            most = {each.id: each.attempts for each in assignments if each.attempts is not None}
            over = {cell.user_id for cell in cells if cell.attempts > most.get(cell.assignment_id, cell.attempts)}
            if over:
                attempts = first_attempts(chosen(user_ids=over))
                rows = (await connection.execute(_best(attempts, assignments))).all()
                cells = [cell for cell in cells if cell.user_id not in over] + [_cell(row) for row in rows]
        return cells


def _best(query: sa.Select[Any], assignments: Sequence[Assignment]) -> sa.Select[Any]:
    """Return the query for the best of some attempts, one for each learner and problem."""
    attempts = query.cte("attempts")
    column = attempts.c
    score = column.score * _share(attempts, assignments)
    accepted = sa.case((column.verdict == str(Verdict.ACCEPTED), 1), else_=0)
    rank = 2 * RANKS + 2 * (RANKS - sa.cast(sa.func.round(score * RANKS), sa.Integer)) + 1 - accepted
    groups = (column.assignment_id, column.user_id, column.problem)
    best = (
        sa.select(
            *groups,
            sa.func.min(sa.cast(rank, sa.String) + column.submission_id).label("best"),
            sa.func.max(score).label("score"),
            sa.func.max(accepted).label("solved"),
            sa.func.count().label("attempts"),
            sa.func.min(column.due).label("due"),
        )
        .group_by(*groups)
        .cte("best")
    )
    of_best = submissions.c.id == sa.func.substr(best.c.best, RANK_DIGITS + 1, ID_CHARACTERS)
    joined = best.join(submissions, of_best).join(judgings, judgings.c.id == submissions.c.judging_id)
    return sa.select(best, submissions.c.id, submissions.c.created, judgings.c.verdict).select_from(joined)


def _share(attempts: sa.CTE, assignments: Sequence[Assignment]) -> sa.ColumnElement[float]:
    """Return the share of an attempt's score that counts, by the time at which it was sent."""
    column = attempts.c
    steps = [
        (column.assignment_id == each.id, sa.case(*((column.created <= end, share) for end, share in steps), else_=0.0))
        for each in assignments
        if (steps := each.steps)
    ]
    return sa.case(*steps, else_=1.0) if steps else sa.literal(1.0)


def _cell(row: Any) -> Cell:
    return Cell(
        assignment_id=row.assignment_id,
        user_id=row.user_id,
        problem=row.problem,
        submission_id=row.id,
        sent=row.created,
        verdict=row.verdict,
        score=float(row.score),
        late=row.due is not None and row.created > row.due,
        attempts=row.attempts,
        solved=bool(row.solved),
    )
