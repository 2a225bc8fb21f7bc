"""Figures: the depth of the queue, verdicts and times of a problem, the problems that a submitter has tried."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.store import retries
from judge.store.records import LIVE, Depth, Status
from judge.store.schema import judgings, submissions
from judge.store.transactions import Transactions
from judge.verdict import Verdict

_JOINED = submissions.join(judgings, judgings.c.id == submissions.c.judging_id)


class Stats:
    """The figures of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def depth(self) -> Depth:
        """Return the counts of the queue."""
        table = judgings.c
        delayed = sa.func.sum(sa.case((retries.is_due(), 0), else_=1))
        query = (
            sa.select(table.status, sa.func.count(), sa.func.min(table.created), delayed)
            .where(table.status.in_(LIVE))
            .group_by(table.status)
        )
        async with self._transactions.reading() as connection:
            rows = {status: (count, first, late) for status, count, first, late in await connection.execute(query)}
        queued, first, late = rows.get(Status.QUEUED, (0, None, 0))
        running = rows.get(Status.RUNNING, (0, None, 0))[0]
        oldest = (datetime.now(UTC) - first).total_seconds() if first else 0.0
        return Depth(queued=queued, running=running, oldest=max(0.0, oldest), delayed=int(late))

    async def verdict_counts(self, problem: str) -> dict[str, int]:
        """Return the number of submissions of a problem by verdict."""
        query = (
            sa.select(judgings.c.verdict, sa.func.count().label("number"))
            .select_from(_JOINED)
            .where(submissions.c.problem == problem, judgings.c.verdict.is_not(None), judgings.c.own_cases == 0)
            .group_by(judgings.c.verdict)
        )
        async with self._transactions.reading() as connection:
            return {row.verdict: row.number for row in await connection.execute(query)}

    async def accepted_times(self, problem: str, limit: int) -> list[float]:
        """Return the times in milliseconds of the newest accepted submissions of a problem."""
        query = (
            sa.select(judgings.c.time_ms)
            .select_from(_JOINED)
            .where(submissions.c.problem == problem, judgings.c.verdict == Verdict.ACCEPTED, ~judgings.c.samples_only)
            .order_by(submissions.c.id.desc())
            .limit(limit)
        )
        async with self._transactions.reading() as connection:
            return [float(time) for time in (await connection.execute(query)).scalars()]

    async def service_times(self, limit: int) -> list[dict[str, Any]]:
        """Return problem, `samples_only` and seconds from start to verdict of the newest verdicts, newest first."""
        table = judgings.c
        query = (
            sa.select(table.problem, table.samples_only, table.started, table.finished)
            .where(table.finished.is_not(None), table.started.is_not(None), table.verdict.is_not(None))
            .order_by(table.finished.desc())
            .limit(limit)
        )
        async with self._transactions.reading() as connection:
            return [
                {
                    "problem": row.problem,
                    "samples_only": row.samples_only,
                    "seconds": max(0.0, (row.finished - row.started).total_seconds()),
                }
                for row in await connection.execute(query)
            ]

    async def attempt_numbers(self, owners: Collection[str], ids: Collection[str]) -> dict[str, int]:
        """Return the number of each attempt of `owners` among `ids`, counted from their first at its problem."""
        if not owners or not ids:
            return {}
        place = sa.func.row_number().over(partition_by=submissions.c.problem, order_by=submissions.c.id)
        asked = sa.select(submissions.c.problem).where(submissions.c.id.in_(ids))
        numbered = (
            sa.select(submissions.c.id, place.label("number"))
            .select_from(_JOINED)
            .where(submissions.c.owner.in_(owners), submissions.c.cancelled.is_(None), ~judgings.c.samples_only)
            .where(submissions.c.problem.in_(asked))
            .subquery()
        )
        query = sa.select(numbered.c.id, numbered.c.number).where(numbered.c.id.in_(ids))
        async with self._transactions.reading() as connection:
            return {found: int(number) for found, number in await connection.execute(query)}

    async def attempts(self, owners: Collection[str]) -> dict[str, bool]:
        """Return {problem that one of `owners` tried: an attempt was accepted}; runs of the samples don't count."""
        accepted = sa.func.max(sa.case((judgings.c.verdict == Verdict.ACCEPTED, 1), else_=0))
        query = (
            sa.select(submissions.c.problem, accepted)
            .select_from(_JOINED)
            .where(submissions.c.owner.in_(owners), submissions.c.cancelled.is_(None), ~judgings.c.samples_only)
            .group_by(submissions.c.problem)
        )
        async with self._transactions.reading() as connection:
            return {problem: bool(solved) for problem, solved in await connection.execute(query)}
