"""Scores for the gradebooks of learning platforms: one row for each learner and line item, which lasts.

launch ──> row ──> due ──> taken for LEASE by one sender ──> settled: sent, unchanged, or due again later
             ^                                                  │
             └───────── a verdict, an applied rejudge ──────────┘   `changes` counts them, so that none is missed
                                                                    while a score is on its way
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.account import USER_OWNER
from judge.store.ids import first_id, new_id
from judge.store.lti.tables import scores
from judge.store.schema import UtcTime, judgings, rejudges, submissions
from judge.store.transactions import Transactions

LEASE = timedelta(seconds=60)  # a score whose sender is lost is due again after this
GIVE_UP = timedelta(days=7)  # after the first failure of a row; then it waits for the next change
ERROR_CHARACTERS = 500
_COLUMNS = ("id", "platform_id", "user_id", "subject", "assignment_id", "line_item", "sent", "changes", "attempts")


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A learner's place in a platform's gradebook."""

    platform_id: str
    user_id: str
    subject: str
    assignment_id: str
    line_item: str


@dataclass(frozen=True, kw_only=True)
class DueScore:
    """A score that may have changed. `sent` is what the platform has; `attempts` includes the one that begins."""

    id: str
    platform_id: str
    user_id: str
    subject: str
    assignment_id: str
    line_item: str
    sent: float | None
    changes: int
    attempts: int


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The scores of one platform that are not there yet."""

    number: int
    last_error: str


class Scores:
    """The scores of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def follow(self, place: Followed, now: datetime) -> None:
        """Send the scores of a learner's assignment to a line item from now on, and look at them at once."""
        hashed = hashlib.sha256(place.line_item.encode()).hexdigest()
        mine = (
            scores.c.platform_id == place.platform_id,
            scores.c.line_item_hash == hashed,
            scores.c.user_id == place.user_id,
        )
        due = _due(now) | {"subject": place.subject, "assignment_id": place.assignment_id}
        row = {"id": new_id(), **vars(place), "line_item_hash": hashed, "next_at": now}
        try:
            async with self._transactions.writing() as tx:
                if not (await tx.connection.execute(sa.update(scores).where(*mine).values(due))).rowcount:
                    await tx.connection.execute(sa.insert(scores).values(row))
        except sa.exc.IntegrityError:  # the same learner launched twice at once
            async with self._transactions.writing() as tx:
                await tx.connection.execute(sa.update(scores).where(*mine).values(due))

    async def look_at_changed(self, since: datetime, now: datetime) -> int:
        """Make the scores of those due whose submissions may have got verdicts since then; return their number."""
        owners = sa.select(sa.func.substr(submissions.c.owner, len(USER_OWNER) + 1))
        owners = owners.where(submissions.c.owner.startswith(USER_OWNER))
        applied = sa.select(rejudges.c.id).where(rejudges.c.closed >= since)
        judged = (judgings.c.finished >= since, judgings.c.rejudge_id.in_(applied))
        changed = (
            *(owners.where(submissions.c.judging_id.in_(sa.select(judgings.c.id).where(each))) for each in judged),
            owners.where(submissions.c.id >= first_id(since)),  # a program judged before has its verdict at once
        )
        return await self._look(sa.or_(*(scores.c.user_id.in_(each) for each in changed)), now)

    async def look_at_all(self, now: datetime) -> int:
        """Make every score due that is not, but for those that were given up; return their number."""
        return await self._look(sa.and_(scores.c.next_at.is_(None), scores.c.last_error == ""), now)

    async def take_due(self, now: datetime, *, without_platforms: Collection[str] = ()) -> DueScore | None:
        """Take the score that is due longest, so that no other sender takes it now."""
        due = (
            sa.select(scores.c.id)
            .where(scores.c.next_at <= now, scores.c.platform_id.not_in(without_platforms))
            .order_by(scores.c.next_at)
            .limit(1)
        )
        async with self._transactions.reading() as connection:  # most often there is nothing to write
            if (await connection.execute(due)).first() is None:
                return None
        update = (
            sa.update(scores)
            .where(scores.c.id.in_(due.with_for_update(skip_locked=True)))
            .values(attempts=scores.c.attempts + 1, next_at=now + LEASE)
            .returning(*(scores.c[name] for name in _COLUMNS))
        )
        async with self._transactions.writing() as tx:
            row = (await tx.connection.execute(update)).one_or_none()
        return DueScore(**row._mapping) if row is not None else None

    async def settle(self, due: DueScore, now: datetime, *, sent: float | None = None) -> None:
        """Record that the platform has the score `sent`, or, without it, that nothing was to be sent."""
        values: dict[str, Any] = {"attempts": 0, "failing_since": None, "last_error": ""}
        values["next_at"] = sa.case((scores.c.changes == due.changes, sa.null()), else_=_time(now))
        if sent is not None:
            values |= {"sent": sent, "sent_at": now}
        await self._update(due, values)

    async def fail(self, due: DueScore, now: datetime, error: str, again: datetime) -> None:
        """Record that a score was not accepted: it is due at `again`, unless it has failed for GIVE_UP."""
        hopeless = sa.and_(scores.c.failing_since <= now - GIVE_UP, scores.c.changes == due.changes)
        first = sa.func.coalesce(scores.c.failing_since, _time(now))
        await self._update(
            due,
            {
                "next_at": sa.case((hopeless, sa.null()), else_=_time(again)),
                "attempts": sa.case((hopeless, 0), else_=scores.c.attempts),
                "failing_since": sa.case((hopeless, sa.null()), else_=first),
                "last_error": error[:ERROR_CHARACTERS],
            },
        )

    async def waiting(self) -> dict[str, Waiting]:
        """Return the scores that the platforms have not accepted at the last attempt, by the platform's id."""
        query = sa.select(scores.c.platform_id, sa.func.count(), sa.func.max(scores.c.last_error))
        query = query.where(scores.c.last_error != "").group_by(scores.c.platform_id)
        async with self._transactions.reading() as connection:
            rows = (await connection.execute(query)).all()
        return {row[0]: Waiting(number=row[1], last_error=row[2]) for row in rows}

    async def _look(self, condition: sa.ColumnElement[bool], now: datetime) -> int:
        async with self._transactions.reading() as connection:  # most often there is nothing to write
            if (await connection.execute(sa.select(scores.c.id).where(condition).limit(1))).first() is None:
                return 0
        async with self._transactions.writing() as tx:
            return (await tx.connection.execute(sa.update(scores).where(condition).values(_due(now)))).rowcount

    async def _update(self, due: DueScore, values: dict[str, Any]) -> None:
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.update(scores).where(scores.c.id == due.id).values(values))


def _due(now: datetime) -> dict[str, Any]:
    """Return the values of a row that may have changed. One that is taken or waits for its platform goes on waiting."""
    return {"changes": scores.c.changes + 1, "next_at": sa.func.coalesce(scores.c.next_at, _time(now))}


def _time(value: datetime) -> sa.ColumnElement[datetime]:
    return sa.literal(value, UtcTime)
