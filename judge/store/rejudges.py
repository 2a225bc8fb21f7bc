"""Rejudges: a problem's submissions are judged again in the background, compared, then applied or thrown away.

begin ──> running ──> ready ──> apply or cancel ──> closed
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.fair_queue import STEP
from judge.store.faults import RejudgeClosed, RejudgeRunning, UnknownRejudge
from judge.store.ids import new_id
from judge.store.queue import Queue
from judge.store.records import LIVE, Change, Priority, Rejudge, Status, Ticket
from judge.store.schema import judgings, rejudges, submissions
from judge.store.transactions import Transactions
from judge.verdict import Verdict

SHOWN_CHANGES = 200
_AT_ONCE = 1_000  # rows in one INSERT, tickets put into the queue in one call

_before = judgings.alias("before")


class Rejudges:
    """The rejudges of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions, queue: Queue, hidden_seed: Callable[[], str]) -> None:
        self._transactions = transactions
        self._queue = queue
        self._hidden_seed = hidden_seed

    async def begin(self, problem: str, package: str, verdicts: Sequence[str]) -> Rejudge:
        """Judge a problem's submissions again, without changing their verdicts yet.

        Args:
            problem: The problem's slug.
            package: Digest of the package that is installed.
            verdicts: Only submissions with one of these; empty: all.
        """
        async with self._transactions.writing() as tx:
            rejudge_id, tickets = await _begin(tx.connection, problem, package, verdicts, self._hidden_seed())
            for start in range(0, len(tickets), _AT_ONCE):
                await self._queue.put(tx.connection, tickets[start : start + _AT_ONCE])
        self._queue.wake()
        return await self.get(rejudge_id)

    async def get(self, rejudge_id: str) -> Rejudge:
        """Return a rejudge with the changes that are known so far. Raises UnknownRejudge."""
        async with self._transactions.reading() as connection:
            return await _preview(connection, rejudge_id)

    async def apply(self, rejudge_id: str) -> Rejudge:
        """Replace the old verdicts by the new ones, except where the new one is a judge error.

        Raises UnknownRejudge, RejudgeClosed, RejudgeRunning.
        """
        async with self._transactions.writing() as tx:
            await _apply(tx.connection, rejudge_id)
        return await self.get(rejudge_id)

    async def cancel(self, rejudge_id: str) -> Rejudge:
        """Throw a rejudge away; what is still queued is not judged. Raises UnknownRejudge, RejudgeClosed."""
        still_queued = (judgings.c.rejudge_id == rejudge_id, judgings.c.status == Status.QUEUED)
        update = sa.update(judgings).where(*still_queued)
        async with self._transactions.writing() as tx:
            await _close(tx.connection, rejudge_id, "cancelled")
            await tx.connection.execute(update.values(status=Status.CANCELLED, finished=datetime.now(UTC)))
        return await self.get(rejudge_id)


async def _begin(
    connection: Connection, problem: str, package: str, verdicts: Sequence[str], hidden_seed: str
) -> tuple[str, list[Ticket]]:
    """Make a new judging for each finished one of the problem with one of `verdicts`, if any are named."""
    rejudge_id = new_id()
    now = datetime.now(UTC)
    table = judgings.c
    current = sa.select(submissions.c.judging_id).where(submissions.c.problem == problem)
    columns = (table.id, table.submission_id, table.source_sha256, table.seed, table.samples_only, table.lost_alone)
    query = sa.select(*columns).where(table.id.in_(current), table.status == Status.DONE, table.problem == problem)
    # Those that were erased have no source, and a run on a learner's own input is nobody's verdict.
    query = query.where(table.source_sha256 != "", table.own_cases == 0)
    if verdicts:
        query = query.where(table.verdict.in_(verdicts))
    chosen = (await connection.execute(query.order_by(table.id))).all()
    rows = [
        {**_new_judging(row, problem, package, rejudge_id, tag, now), "hidden_seed": hidden_seed}
        for tag, row in enumerate(chosen)
    ]
    values = {"id": rejudge_id, "problem": problem, "verdicts": list(verdicts), "state": "open", "total": len(rows)}
    await connection.execute(sa.insert(rejudges).values(**values, created=now))
    for start in range(0, len(rows), _AT_ONCE):
        await connection.execute(sa.insert(judgings), rows[start : start + _AT_ONCE])
    return rejudge_id, [Ticket(judging_id=row["id"], priority=row["priority"], tag=row["tag"]) for row in rows]


def _new_judging(
    row: sa.Row[*tuple[Any, ...]], problem: str, package: str, rejudge_id: str, tag: int, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "submission_id": row.submission_id,
        "problem": problem,
        "source_sha256": row.source_sha256,
        "package": package,
        "seed": row.seed,
        "samples_only": row.samples_only,
        "replaces": row.id,
        "rejudge_id": rejudge_id,
        "submitter": f"rejudge:{rejudge_id}",  # one submitter of its own: it shares the judge fairly with the others
        "priority": int(Priority.BATCH),
        "tag": tag * STEP,
        "status": Status.QUEUED,
        "suspect": row.lost_alone > 0,  # what has ended workers before has the next one to itself from the start
        "created": now,
    }


async def _preview(connection: Connection, rejudge_id: str) -> Rejudge:
    row = (await connection.execute(sa.select(rejudges).where(rejudges.c.id == rejudge_id))).one_or_none()
    if row is None:
        raise UnknownRejudge
    table = judgings.c
    mine = table.rejudge_id == rejudge_id
    live = sa.select(sa.func.count()).select_from(judgings).where(mine, table.status.in_(LIVE))
    left = (await connection.execute(live)).scalar_one()
    pairs = judgings.join(_before, _before.c.id == table.replaces)
    done = sa.and_(mine, table.status == Status.DONE)
    moves = sa.select(_before.c.verdict, table.verdict, sa.func.count()).select_from(pairs).where(done)
    counted = await connection.execute(moves.group_by(_before.c.verdict, table.verdict))
    other = sa.select(sa.func.count()).select_from(pairs).where(done, _before.c.hidden_seed != table.hidden_seed)
    redrawn = (await connection.execute(other.where(~table.samples_only))).scalar_one()
    differ = (
        sa.select(table.submission_id, submissions.c.submitter, _before.c.verdict, table.verdict)
        .select_from(pairs.join(submissions, submissions.c.id == table.submission_id))
        .where(done, _before.c.verdict != table.verdict)
        .order_by(table.submission_id)
        .limit(SHOWN_CHANGES)
    )
    state = row.state if row.state != "open" else ("running" if left else "ready")
    return Rejudge(
        id=row.id,
        problem=row.problem,
        verdicts=tuple(row.verdicts),
        state=state,
        total=row.total,
        done=row.total - left,
        created=row.created,
        redrawn=redrawn,
        moves=tuple((before or "", after, count) for before, after, count in counted),
        changes=tuple(
            Change(submission_id=sid, submitter=who, before=before, after=after)
            for sid, who, before, after in await connection.execute(differ)
        ),
    )


async def _apply(connection: Connection, rejudge_id: str) -> None:
    await _close(connection, rejudge_id, "applied")
    table = judgings.c
    live = sa.select(sa.func.count()).select_from(judgings)
    live = live.where(table.rejudge_id == rejudge_id, table.status.in_(LIVE))
    if (await connection.execute(live)).scalar_one():
        raise RejudgeRunning
    good = (table.rejudge_id == rejudge_id, table.status == Status.DONE, table.verdict != Verdict.JUDGE_ERROR)
    fresh = sa.select(table.id).where(*good, table.replaces == submissions.c.judging_id).scalar_subquery()
    await connection.execute(
        sa.update(submissions)
        .where(submissions.c.judging_id.in_(sa.select(table.replaces).where(*good)))
        .values(judging_id=fresh)
    )


async def _close(connection: Connection, rejudge_id: str, state: str) -> None:
    update = sa.update(rejudges).where(rejudges.c.id == rejudge_id, rejudges.c.state == "open")
    update = update.values(state=state, closed=datetime.now(UTC))
    if (await connection.execute(update.returning(rejudges.c.id))).first() is not None:
        return
    known = sa.select(rejudges.c.id).where(rejudges.c.id == rejudge_id)
    if (await connection.execute(known)).first() is None:
        raise UnknownRejudge
    raise RejudgeClosed
