"""Mistakes of a class: how many of its learners met each cause, and how many got past it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from judge.store.classes.attempts import attempts_of
from judge.store.classes.records import FailedChecks, MistakeCount
from judge.store.schema import judgings
from judge.store.stored_report import current
from judge.store.transactions import Transactions
from judge.verdict import Verdict

MOST_COUNTS = 200  # rows, those with the most learners first
MOST_REPORTS = 40  # of the newest wrong answers without a known mistake, read for the checks that failed
CAUSE_CHARACTERS = 200


class Mistakes:
    """The mistakes of classes. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def counts(self, class_id: str, *, assignment_id: str | None = None) -> list[MistakeCount]:
        """Return the causes of attempts that were not accepted, those that most learners met first."""
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(_counts(attempts_of(class_id, assignment_id=assignment_id)))).all()
        return [MistakeCount(**{**row._mapping, "cause": (row.cause or "")[:CAUSE_CHARACTERS]}) for row in rows]

    async def failed_checks(
        self, class_id: str, known: Mapping[str, Collection[str]], *, assignment_id: str | None = None
    ) -> list[FailedChecks]:
        """Return which checks failed together in the newest wrong answers that no known mistake explains.

        `known` has the ids of each problem's mistakes. At most MOST_REPORTS reports are read.
        """
        async with self._transactions.reading() as connection:
            rows = (
                await connection.execute(_unexplained(attempts_of(class_id, assignment_id=assignment_id), known))
            ).all()
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


def _counts(attempts: sa.CTE) -> sa.Select[Any]:
    column, cause = attempts.c, judgings.c.summary["cause"].as_string()
    right = column.verdict == str(Verdict.ACCEPTED)
    met = (
        sa.select(
            column.user_id,
            column.problem,
            column.verdict,
            sa.case((right, ""), else_=cause).label("cause"),
            sa.func.count().label("attempts"),
            sa.func.min(column.number).label("first"),
            sa.func.min(column.submission_id).label("met"),
            sa.func.max(column.submission_id).label("last"),
        )
        .select_from(attempts.join(judgings, judgings.c.id == column.judging_id))
        .group_by(column.user_id, column.problem, column.verdict, sa.text("4"))
        .cte("met")
    )
    solved = met.alias("solved")
    later = sa.and_(
        solved.c.user_id == met.c.user_id,
        solved.c.problem == met.c.problem,
        solved.c.verdict == str(Verdict.ACCEPTED),
        solved.c.last > met.c.met,
    )
    people = sa.func.count()
    query = sa.select(
        met.c.problem,
        met.c.verdict,
        met.c.cause,
        sa.func.sum(met.c.attempts).label("attempts"),
        people.label("people"),
        sa.func.sum(sa.case((met.c.first == 1, 1), else_=0)).label("first"),
        sa.func.count(solved.c.user_id).label("past"),
    ).select_from(met.outerjoin(solved, later))
    return (
        query.where(met.c.verdict != str(Verdict.ACCEPTED))
        .group_by(met.c.problem, met.c.verdict, met.c.cause)
        .order_by(people.desc(), met.c.problem, met.c.verdict, met.c.cause)
        .limit(MOST_COUNTS)
    )


def _unexplained(attempts: sa.CTE, known: Mapping[str, Collection[str]]) -> sa.Select[Any]:
    column, cause = attempts.c, judgings.c.summary["cause"].as_string()
    query = sa.select(column.problem, column.user_id, sa.cast(judgings.c.report, sa.Text).label("report"))
    query = query.select_from(attempts.join(judgings, judgings.c.id == column.judging_id))
    query = query.where(column.verdict == str(Verdict.WRONG_ANSWER), judgings.c.report.is_not(None))
    for problem, mistakes in known.items():
        if mistakes:
            query = query.where(sa.or_(column.problem != problem, cause.is_(None), cause.not_in(sorted(mistakes))))
    return query.order_by(column.submission_id.desc()).limit(MOST_REPORTS)


def _failed(report: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ids of the checks that failed in any case, sorted; those of a report that can't be read are none."""
    cases: Any = report.get("cases", ())
    checks = [check for case in cases for check in case.get("checks", ())]
    return tuple(sorted({str(check["id"]) for check in checks if not check.get("passed")}))
