"""Mistakes of a class: how many of its learners met each cause, and how many got past it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from judge.assignment import Assignment
from judge.store.classes.attempts import attempts_of
from judge.store.classes.records import FailedChecks, MistakeCount
from judge.store.schema import judgings
from judge.store.stored_report import current
from judge.store.transactions import Transactions
from judge.verdict import Verdict

MOST_COUNTS = 200  # rows, those with the most learners first
_NO_CAUSE: sa.ColumnElement[str] = sa.literal_column("''")  # PostgreSQL groups by no parameter
MOST_REPORTS = 40  # of the newest wrong answers without a known mistake, read for the checks that failed


class Mistakes:
    """The mistakes of classes. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def counts(self, class_id: str, assignments: Sequence[Assignment]) -> list[MistakeCount]:
        """Return the causes of attempts that were not accepted, those that most learners met first.

        `assignments` are all of the class, or one of them.
        """
        query = _counts(attempts_of(class_id, assignment_id=_only(assignments)), repeated=_repeated(assignments))
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [MistakeCount(**{**row._mapping, "attempts": int(row.attempts)}) for row in rows]

    async def failed_checks(
        self, class_id: str, assignments: Sequence[Assignment], known: Mapping[str, Collection[str]]
    ) -> list[FailedChecks]:
        """Return which checks failed together in the newest wrong answers that no known mistake explains.

        `assignments` as above; `known` has the ids of each problem's mistakes. At most MOST_REPORTS reports are read.
        """
        attempts = attempts_of(class_id, assignment_id=_only(assignments))
        query = _unexplained(attempts, known, repeated=_repeated(assignments))
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(query)).all()
        return await asyncio.to_thread(_grouped, rows)


def _grouped(rows: Sequence[Any]) -> list[FailedChecks]:
    people: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    attempts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for row in rows:
        key = row.problem, _failed(current(row.report))
        people.setdefault(key, set()).add(row.user_id)
        attempts[key] += 1
    order = sorted(attempts, key=lambda key: (-len(people[key]), -attempts[key], key))
    return [
        FailedChecks(problem=problem, checks=checks, attempts=attempts[key], people=len(people[key]))
        for key in order
        for problem, checks in [key]
    ]


def _only(assignments: Sequence[Assignment]) -> str | None:
    return assignments[0].id if len(assignments) == 1 else None


def _repeated(assignments: Sequence[Assignment]) -> bool:
    """Return whether a problem is in two of the assignments."""
    problems = [problem for each in assignments for problem in each.problems]
    return len(set(problems)) < len(problems)


def _counts(query: sa.Select[Any], *, repeated: bool) -> sa.Select[Any]:
    """Return the query for the counts; `repeated` if a problem is in two assignments, and its attempts are there twice.

    Windows take the place of a join, whose size a database without fresh statistics guesses much too small.
    """
    column = query.cte("attempts").c
    right = column.verdict == str(Verdict.ACCEPTED)
    cause = sa.func.coalesce(column.cause, _NO_CAUSE)
    met = (
        sa.select(
            column.user_id,
            column.problem,
            column.verdict,
            cause.label("cause"),
            sa.func.count(sa.distinct(column.submission_id) if repeated else sa.text("*")).label("attempts"),
            sa.func.min(column.submission_id).label("met"),
            sa.func.max(sa.case((right, column.submission_id), else_="")).label("solved"),
        )
        .group_by(column.user_id, column.problem, column.verdict, cause)
        .cte("met")
    )
    pair = (met.c.user_id, met.c.problem)
    of_learner = sa.select(
        met,
        sa.func.min(met.c.met).over(partition_by=pair).label("first"),
        sa.func.max(met.c.solved).over(partition_by=pair).label("last_solved"),
    ).cte("of_learner")
    found = of_learner.c
    people = sa.func.count()
    return (
        sa.select(
            found.problem,
            found.verdict,
            found.cause,
            sa.func.sum(found.attempts).label("attempts"),
            people.label("people"),
            sa.func.sum(sa.case((found.met == found.first, 1), else_=0)).label("first"),
            sa.func.sum(sa.case((found.last_solved > found.met, 1), else_=0)).label("past"),
        )
        .where(found.verdict != str(Verdict.ACCEPTED))
        .group_by(found.problem, found.verdict, found.cause)
        .order_by(people.desc(), found.problem, found.verdict, found.cause)
        .limit(MOST_COUNTS)
    )


def _unexplained(query: sa.Select[Any], known: Mapping[str, Collection[str]], *, repeated: bool) -> sa.Select[Any]:
    """Return the query for the newest reports without a known mistake; those alone are read from the table."""
    column = query.cte("attempts").c
    found = sa.select(column.problem, column.user_id, column.submission_id, column.judging_id)
    found = found.where(column.verdict == str(Verdict.WRONG_ANSWER))
    explained = [
        (column.problem == problem, sa.case((column.cause.in_(sorted(mistakes)), 1), else_=0))
        for problem, mistakes in known.items()
        if mistakes
    ]
    if explained:
        found = found.where(sa.case(*explained, else_=0) == 0)
    newest = (
        (found.distinct() if repeated else found)
        .order_by(column.submission_id.desc())
        .limit(MOST_REPORTS)
        .cte("newest")
    )
    report = sa.cast(judgings.c.report, sa.Text).label("report")
    joined = newest.join(judgings, judgings.c.id == newest.c.judging_id)
    wanted = sa.select(newest.c.problem, newest.c.user_id, report).select_from(joined)
    return wanted.where(judgings.c.report.is_not(None)).order_by(newest.c.submission_id.desc())


def _failed(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the checks that failed in any case, sorted; those of a report that can't be read are none."""
    cases: Any = report.get("cases", ())
    checks = [check for case in cases for check in case.get("checks", ())]
    return tuple(sorted({str(check["id"]) for check in checks if not check.get("passed")}))
