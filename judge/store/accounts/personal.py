"""All that is stored about one person: read for an export, and erased.

account ──> submissions of its owner ──> judgings that ran their sources ──> those that others share move to them
        └─> rows of every table that refers to the account                └─> the rest is emptied or deleted
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from judge.account import Role, User
from judge.report import Report
from judge.store.accounts.faults import LastOperator
from judge.store.accounts.one_time import Kind
from judge.store.accounts.tables import audit, one_time, users
from judge.store.classes.tables import classes, members
from judge.store.database import Connection
from judge.store.records import LIVE, Status
from judge.store.schema import judgings, metadata, submissions, webhooks
from judge.store.transactions import Transactions
from judge.verdict import Verdict

LATE = timedelta(hours=1)  # for which requests that were on their way may still come in
MOST_ROWS = 10_000  # of one table in an export
SECRET_COLUMNS = frozenset({"hash", "password_hash", "public_key", "user_id"})  # secrets, or the same in each row
ERASED = "erased"  # the submitter of submissions whose person is gone
ERASED_MESSAGE = "the person who sent this has erased it: only the verdict is left"


class Erase(StrEnum):
    """The fate of the submissions of an account that is erased."""

    ANONYMIZE = "anonymize"  # verdicts and times stay for the figures, without source, report and owner
    DELETE = "delete"


class Personal:
    """What a store has about one person. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def records(self, user: User) -> dict[str, list[dict[str, Any]]]:
        """Return the rows that refer to an account by the names of their tables, without secrets."""
        found: dict[str, list[dict[str, Any]]] = {}
        async with self._transactions.reading() as connection:
            for table, column in _referring():
                columns = [each for each in table.c if each.name not in SECRET_COLUMNS]
                query = sa.select(*columns).where(column == user.id).limit(MOST_ROWS)
                found[table.name] = [dict(row._mapping) for row in await connection.execute(query)]
            joined = sa.select(classes.c.slug, classes.c.title, members.c.role, members.c.joined)
            joined = joined.select_from(members.join(classes, classes.c.id == members.c.class_id))
            rows = await connection.execute(joined.where(members.c.user_id == user.id).limit(MOST_ROWS))
            found["members"] = [dict(row._mapping) for row in rows]
            of_me = sa.or_(audit.c.actor == user.submitter, audit.c.target.in_((user.submitter, user.id)))
            log = sa.select(audit).where(of_me).order_by(audit.c.id.desc()).limit(MOST_ROWS)
            found["audit"] = [dict(row._mapping) for row in await connection.execute(log)]
        return found

    async def erase(self, user: User, how: Erase) -> None:
        """Erase an account with all that refers to it, and its submissions as `how` says. Raises LastOperator."""
        async with self._transactions.writing() as tx:
            await _require_other_operator(tx.connection, user)
            await _erase_work(tx.connection, user.owner, how)
            await _remember(tx.connection, user, how)
            for table, column in reversed(_referring()):
                await tx.connection.execute(sa.delete(table).where(column == user.id))
            await tx.connection.execute(sa.delete(users).where(users.c.id == user.id))

    async def sweep(self) -> None:
        """Erase what came in for an erased account after it was: requests were on their way."""
        waiting = sa.select(one_time.c.data).where(
            one_time.c.kind == Kind.ERASED, one_time.c.expires > datetime.now(UTC)
        )
        async with self._transactions.reading() as connection:
            erased = [dict(row.data) for row in await connection.execute(waiting)]
        for each in erased:
            async with self._transactions.writing() as tx:
                await _erase_work(tx.connection, each["owner"], Erase(each["how"]))


def _referring() -> list[tuple[sa.Table, sa.Column[Any]]]:
    """Return every table that refers to accounts with the column that does, those that others refer to first."""
    return [
        (table, key.parent)
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda each: each.parent.name)
        if key.column is users.c.id
    ]


def _mine(owner: str) -> sa.Select[tuple[str]]:
    return sa.select(submissions.c.id).where(submissions.c.owner == owner)


async def _require_other_operator(connection: Connection, user: User) -> None:
    operators = sa.select(users.c.id).where(users.c.role == Role.OPERATOR, ~users.c.disabled)
    # Locked, so that of the last two operators only one can go.
    ids = {row.id for row in await connection.execute(operators.with_for_update())}
    if ids == {user.id}:
        raise LastOperator


async def _erase_work(connection: Connection, owner: str, how: Erase) -> None:
    await _give_shared_judgings_away(connection, owner)
    await _stop_waiting(connection, owner)
    await (_delete_work if how is Erase.DELETE else _empty_work)(connection, owner)


async def _remember(connection: Connection, user: User, how: Erase) -> None:
    data = {"owner": user.owner, "how": str(how)}
    row = {"hash": hashlib.sha256(user.id.encode()).hexdigest(), "kind": str(Kind.ERASED), "data": data}
    await connection.execute(sa.insert(one_time).values(**row, expires=datetime.now(UTC) + LATE))


async def _give_shared_judgings_away(connection: Connection, owner: str) -> None:
    """Let judgings that submissions of others share run the source of one of those, which is equal."""
    others = (
        sa.select(judgings.c.submission_id, sa.func.min(submissions.c.id).label("other"))
        .select_from(judgings.join(submissions, submissions.c.judging_id == judgings.c.id))
        .where(judgings.c.submission_id.in_(_mine(owner)), submissions.c.owner != owner)
        .group_by(judgings.c.submission_id)
    )
    for row in (await connection.execute(others)).all():
        moved = sa.update(judgings).where(judgings.c.submission_id == row.submission_id)
        submitter = sa.select(submissions.c.submitter).where(submissions.c.id == row.other).scalar_subquery()
        await connection.execute(moved.values(submission_id=row.other, submitter=submitter))


async def _stop_waiting(connection: Connection, owner: str) -> None:
    """Cancel what waits or runs: a verdict that comes later finds no judging to write to."""
    now = datetime.now(UTC)
    live = (judgings.c.submission_id.in_(_mine(owner)), judgings.c.status.in_(LIVE))
    ids = sa.select(judgings.c.id).where(*live)
    waiting = sa.update(submissions).where(submissions.c.owner == owner, submissions.c.judging_id.in_(ids))
    await connection.execute(waiting.values(cancelled=now))
    await connection.execute(sa.update(judgings).where(*live).values(status=Status.CANCELLED, finished=now))
    await connection.execute(sa.delete(webhooks).where(webhooks.c.submission_id.in_(_mine(owner))))


async def _delete_work(connection: Connection, owner: str) -> None:
    await connection.execute(sa.delete(judgings).where(judgings.c.submission_id.in_(_mine(owner))))
    await connection.execute(sa.delete(submissions).where(submissions.c.owner == owner))


async def _empty_work(connection: Connection, owner: str) -> None:
    own = judgings.c.submission_id.in_(_mine(owner))
    kinds = sa.select(judgings.c.problem, judgings.c.verdict).where(own, judgings.c.verdict.is_not(None)).distinct()
    for row in (await connection.execute(kinds)).all():
        same = sa.update(judgings).where(own, judgings.c.problem == row.problem, judgings.c.verdict == row.verdict)
        await connection.execute(same.values(**_emptied(row.problem, row.verdict)))
    nameless: Mapping[str, Any] = {"submitter": ERASED, "network": "", "source_sha256": "", "reason": ""}
    await connection.execute(sa.update(judgings).where(own).values(**nameless))
    values = {"owner": "", "submitter": ERASED, "network": "", "source": "", "source_sha256": "", "request_sha256": ""}
    mine = sa.update(submissions).where(submissions.c.owner == owner)
    await connection.execute(mine.values(**values, idempotency_key=None))


def _emptied(problem: str, verdict: str) -> dict[str, Any]:
    report = Report(problem=problem, verdict=Verdict(verdict), message=ERASED_MESSAGE).to_json()
    return {"report": report, "summary": report["summary"]}
