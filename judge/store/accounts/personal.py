"""All that is stored about one person: read for an export, and erased.

account ──> submissions of its owner ──> judgings that ran their sources ──> those that others share move to them
        └─> rows of every table that refers to the account                └─> the rest is emptied or deleted
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from judge.account import Role, User
from judge.report import Report
from judge.store.accounts.faults import LastOperator
from judge.store.accounts.tables import audit, users
from judge.store.accounts.ways import lock
from judge.store.classes.tables import classes, members
from judge.store.database import Connection
from judge.store.records import LIVE, Status
from judge.store.schema import judgings, metadata, submissions, webhooks
from judge.store.transactions import Transactions
from judge.verdict import Verdict

MOST_ROWS = 10_000  # of one table in an export
SECRET_COLUMNS = frozenset({"hash", "password_hash", "public_key", "user_id"})  # secrets, or the same in each row
ERASED = "erased"  # the submitter of submissions whose person is gone
ERASED_MESSAGE = "the person who sent this has erased it: only the verdict is left"


class Erase(StrEnum):
    """The fate of the submissions of an account that is erased."""

    ANONYMIZE = "anonymize"  # verdicts and times stay for the figures, without source, report and owner
    DELETE = "delete"


class Personal:
    """The rows of a store about one person. Every method raises StoreFault when the database can't be used."""

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
            of_me = sa.and_(of_me, audit.c.at >= user.created)  # an erased account may have had the same name
            log = sa.select(audit).where(of_me).order_by(audit.c.id.desc()).limit(MOST_ROWS)
            found["audit"] = [dict(row._mapping) for row in await connection.execute(log)]
        return found

    async def erase(self, user: User, how: Erase) -> None:
        """Erase an account with all that refers to it, and its submissions as `how` says. Raises LastOperator."""
        async with self._transactions.writing() as tx:
            await _require_other_operator(tx.connection, user)
            await lock(tx.connection, user.id)  # what it sends at this moment comes before or not at all
            await _give_shared_judgings_away(tx.connection, user, erased=False)
            await _stop_waiting(tx.connection, user)
            await _empty_judgings(tx.connection, user)
            if how is Erase.DELETE:
                await _give_shared_judgings_away(tx.connection, user, erased=True)
                await _delete_work(tx.connection, user)
            else:
                await _empty_submissions(tx.connection, user)
            for table, column in reversed(_referring()):
                await tx.connection.execute(sa.delete(table).where(column == user.id))
            await tx.connection.execute(sa.delete(users).where(users.c.id == user.id))


def _referring() -> list[tuple[sa.Table, sa.Column[Any]]]:
    """Return every table that refers to accounts with the column that does, those that others refer to first."""
    return [
        (table, key.parent)
        for table in metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda each: each.parent.name)
        if key.column is users.c.id
    ]


def _mine(user: User) -> sa.Select[tuple[str]]:
    return sa.select(submissions.c.id).where(submissions.c.owner == user.owner)


async def _require_other_operator(connection: Connection, user: User) -> None:
    operators = sa.select(users.c.id).where(users.c.role == Role.OPERATOR, ~users.c.disabled)
    # Locked, so that of the last two operators only one can go.
    ids = {row.id for row in await connection.execute(operators.with_for_update())}
    if ids == {user.id}:
        raise LastOperator


async def _give_shared_judgings_away(connection: Connection, user: User, *, erased: bool) -> None:
    """Let judgings that submissions of others share run the source of one of those, which is equal.

    With `erased`, of submissions whose person has erased them: they have no source, and are nobody's to keep it.
    """
    is_erased = sa.and_(submissions.c.owner == "", submissions.c.submitter == ERASED)
    others = (
        sa.select(judgings.c.submission_id, sa.func.min(submissions.c.id).label("other"))
        .select_from(judgings.join(submissions, submissions.c.judging_id == judgings.c.id))
        .where(judgings.c.submission_id.in_(_mine(user)), submissions.c.owner != user.owner)
        .where(is_erased if erased else ~is_erased)
        .group_by(judgings.c.submission_id)
    )
    for row in (await connection.execute(others)).all():
        moved = sa.update(judgings).where(judgings.c.submission_id == row.submission_id)
        submitter = sa.select(submissions.c.submitter).where(submissions.c.id == row.other).scalar_subquery()
        await connection.execute(moved.values(submission_id=row.other, submitter=submitter))


async def _stop_waiting(connection: Connection, user: User) -> None:
    """Cancel what waits or runs: a verdict that comes later finds no judging to write to."""
    now = datetime.now(UTC)
    live = (judgings.c.submission_id.in_(_mine(user)), judgings.c.status.in_(LIVE))
    ids = sa.select(judgings.c.id).where(*live)
    waiting = sa.update(submissions).where(submissions.c.owner == user.owner, submissions.c.judging_id.in_(ids))
    await connection.execute(waiting.values(cancelled=now))
    await connection.execute(sa.update(judgings).where(*live).values(status=Status.CANCELLED, finished=now))
    await connection.execute(sa.delete(webhooks).where(webhooks.c.submission_id.in_(_mine(user))))


async def _delete_work(connection: Connection, user: User) -> None:
    await connection.execute(sa.delete(judgings).where(judgings.c.submission_id.in_(_mine(user))))
    await connection.execute(sa.delete(submissions).where(submissions.c.owner == user.owner))


async def _empty_judgings(connection: Connection, user: User) -> None:
    own = judgings.c.submission_id.in_(_mine(user))
    kinds = sa.select(judgings.c.problem, judgings.c.verdict).where(own, judgings.c.verdict.is_not(None)).distinct()
    for row in (await connection.execute(kinds)).all():
        same = sa.update(judgings).where(own, judgings.c.problem == row.problem, judgings.c.verdict == row.verdict)
        await connection.execute(same.values(**_emptied(row.problem, row.verdict)))
    nameless: Mapping[str, Any] = {
        "submitter": ERASED,
        "network": "",
        "source_sha256": "",
        "reason": "",
        "own_input": None,
    }
    await connection.execute(sa.update(judgings).where(own).values(**nameless))


async def _empty_submissions(connection: Connection, user: User) -> None:
    values = {"owner": "", "submitter": ERASED, "network": "", "source": "", "source_sha256": "", "request_sha256": ""}
    mine = sa.update(submissions).where(submissions.c.owner == user.owner)
    await connection.execute(mine.values(**values, idempotency_key=None))


def _emptied(problem: str, verdict: str) -> dict[str, Any]:
    report = Report(problem=problem, verdict=Verdict(verdict), message=ERASED_MESSAGE).to_json()
    return {"report": report, "summary": report["summary"]}
