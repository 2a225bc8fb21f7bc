"""The gradebook of a class: one query gives a cell for each learner and problem that has an attempt."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from judge.assignment import Assignment, Cell
from judge.store.classes.attempts import attempts_of
from judge.store.transactions import Transactions
from judge.verdict import Verdict


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
        attempts = attempts_of(class_id, user_id=user_id, assignment_id=assignment_id, problem=problem)
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(_best(attempts, assignments))).all()
        return [_cell(row) for row in rows]


def _best(attempts: sa.CTE, assignments: Sequence[Assignment]) -> sa.Select[Any]:
    """Return the query for the best of the attempts that count, one for each learner and problem."""
    column = attempts.c
    accepted = sa.case((column.verdict == str(Verdict.ACCEPTED), 1), else_=0)
    counted = (
        sa.select(
            *(column[name] for name in ("assignment_id", "user_id", "problem", "submission_id", "created", "verdict")),
            (column.score * _share(attempts, assignments)).label("score"),
            accepted.label("accepted"),
            sa.and_(column.due.is_not(None), column.created > column.due).label("late"),
        )
        .where(sa.or_(column.most.is_(None), column.number <= column.most))
        .cte("counted")
    )
    column = counted.c
    series = (column.assignment_id, column.user_id, column.problem)
    order = (column.score.desc(), column.accepted.desc(), column.submission_id)
    ranked = sa.select(
        counted,
        sa.func.row_number().over(partition_by=series, order_by=order).label("rank"),
        sa.func.count().over(partition_by=series).label("attempts"),
        sa.func.max(column.accepted).over(partition_by=series).label("solved"),
    ).cte("ranked")
    return sa.select(ranked).where(ranked.c.rank == 1)


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
        submission_id=row.submission_id,
        sent=row.created,
        verdict=row.verdict,
        score=float(row.score),
        late=bool(row.late),
        attempts=row.attempts,
        solved=bool(row.solved),
    )
