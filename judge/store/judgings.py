"""Judgings, for workers: claimed, released, finished. Every step is one guarded UPDATE.

queued ──> claim ──> running ──> finish ──> done
  ^                     │
  └──────── release ────┘          stop (judge.store.stop): cancelled, from either of the first two
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.own_input import OwnInput
from judge.report import Report
from judge.store import retries
from judge.store.database import Connection
from judge.store.json_safe import clean_json
from judge.store.notifications import Notification
from judge.store.records import LIVE, MAX_ATTEMPTS, ClaimedJudging, Status
from judge.store.schema import judgings, submissions, webhooks
from judge.store.transactions import Transactions
from judge.submission import Submission
from judge.verdict import Json, Verdict

REASON_CHARACTERS = 2_000
CAUSE_CHARACTERS = 100

log = logging.getLogger(__name__)

# Built once: each verdict needs them, and SQLAlchemy takes a millisecond to build them.
_LIVE_ONE = (judgings.c.id == sa.bindparam("judging"), judgings.c.status.in_(LIVE))
_CLAIM = (
    sa.update(judgings)
    .where(
        *_LIVE_ONE,
        judgings.c.attempts - judgings.c.faults < MAX_ATTEMPTS,
        judgings.c.lost_alone < retries.LOST_ALONE,
    )
    .values(
        status=Status.RUNNING,
        attempts=judgings.c.attempts + 1,
        worker=sa.bindparam("by"),
        started=sa.bindparam("now"),
        alone=False,
        not_before=None,
    )
    .returning(
        judgings.c.submission_id,
        judgings.c.problem,
        judgings.c.seed,
        judgings.c.samples_only,
        judgings.c.own_input,
        judgings.c.attempts,
        judgings.c.faults,
        judgings.c.suspect,
        judgings.c.created,
        sa.select(submissions.c.source)
        .where(submissions.c.id == judgings.c.submission_id)
        .scalar_subquery()
        .label("source"),
    )
)
_FINISH = sa.update(judgings).where(*_LIVE_ONE).returning(judgings.c.lost_alone)
_HOOKS_DUE = (
    sa.update(webhooks)
    .where(
        webhooks.c.state == "waiting",
        webhooks.c.submission_id.in_(sa.select(submissions.c.id).where(submissions.c.judging_id == sa.bindparam("of"))),
    )
    .values(state="due", next_at=sa.bindparam("now"))
)


@dataclass(frozen=True, kw_only=True)
class _GivenUp:
    """A judging that is given up: the judge's own failure is its verdict, and `webhooks` are due.

    It used up its attempts, or it is a `poison` that ends its workers.
    """

    webhooks: int
    poison: bool


class Judgings:
    """The judgings of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(
        self, transactions: Transactions, hidden_seed: Callable[[], str], on_fault: retries.OnFault = lambda _: None
    ) -> None:
        self._transactions = transactions
        self._hidden_seed = hidden_seed
        self.on_fault = on_fault

    async def claim(self, judging_id: str, worker: str) -> ClaimedJudging | None:
        """Claim a judging for a worker; None if it has its verdict, was cancelled, or is given up now."""
        async with self._transactions.writing() as tx:
            claimed = await _claim(tx.connection, judging_id, worker)
            if isinstance(claimed, ClaimedJudging):
                tx.notifications.append(Notification(kind="started", judging_id=judging_id))
            elif claimed:
                tx.notifications.append(_done(judging_id, claimed.webhooks))
        if isinstance(claimed, _GivenUp) and claimed.poison:
            log.error("judging %s is given up: its worker was lost each time that it ran alone", judging_id)
            self.on_fault(retries.POISON)
        return claimed if isinstance(claimed, ClaimedJudging) else None

    async def is_stopped(self, judging_id: str) -> bool:
        """Return True if a judging was cancelled, or erased with its account."""
        query = sa.select(judgings.c.status).where(judgings.c.id == judging_id)
        async with self._transactions.reading() as connection:
            return (await connection.execute(query)).scalar() in (None, Status.CANCELLED)

    async def start_alone(self, judging_id: str, worker: str) -> bool:
        """Record that a claimed judging begins now, and that nothing runs beside it.

        Returns False if it is another worker's by now.
        """
        table = judgings.c
        is_ours = (table.id == judging_id, table.status == Status.RUNNING, table.worker == worker)
        update = sa.update(judgings).where(*is_ours).values(alone=True, started=datetime.now(UTC))
        async with self._transactions.writing() as tx:
            return (await tx.connection.execute(update.returning(table.id))).first() is not None

    async def finish(self, judging_id: str, report: Mapping[str, Json]) -> bool:
        """Store the verdict; False if there was one already."""
        async with self._transactions.writing() as tx:
            due = await _finish(tx.connection, judging_id, report, self._hidden_seed())
            if due is not None:
                tx.notifications.append(_done(judging_id, due))
        return due is not None

    async def release(
        self, judging_id: str, worker: str, reason: str, *, counted: bool, fault: bool = False, after: float = 0.0
    ) -> bool:
        """Put a claimed judging back into the queue.

        Args:
            judging_id: The judging.
            worker: Who has claimed it.
            reason: Why it got no verdict.
            counted: The judge reported an error: the run counts as an attempt.
            fault: The judge or its host failed: the run counts as a fault. Without either, it did not happen.
            after: Seconds until it may be tried again.

        Returns:
            False if it is another worker's by now.
        """
        table = judgings.c
        update = (
            sa.update(judgings)
            .where(table.id == judging_id, table.status == Status.RUNNING, table.worker == worker)
            .values(
                status=Status.QUEUED,
                worker=None,
                started=None,
                alone=False,
                attempts=table.attempts - (0 if counted or fault else 1),
                faults=table.faults + int(fault),
                not_before=datetime.now(UTC) + timedelta(seconds=after) if after else None,
                reason=reason[:REASON_CHARACTERS],
            )
        )
        async with self._transactions.writing() as tx:
            released = (await tx.connection.execute(update.returning(table.id))).first() is not None
            if released:
                tx.notifications.append(Notification(kind="queued", judging_id=judging_id))
        return released

    async def publish_cases(self, judging_id: str, attempt: int, cases: Sequence[Mapping[str, Json]]) -> None:
        """Notify listeners of cases that have ended; nothing is stored."""
        data = {"attempt": attempt, "cases": list(cases)}
        await self._transactions.notify(Notification(kind="cases", judging_id=judging_id, data=data))


def _done(judging_id: str, webhooks_due: int) -> Notification:
    return Notification(kind="done", judging_id=judging_id, data={"webhooks": webhooks_due})


async def _claim(connection: Connection, judging_id: str, worker: str) -> ClaimedJudging | _GivenUp | None:
    """Claim the judging; None if it has its verdict or was cancelled."""
    if connection.kind == "postgresql":
        # A claim that a crash of the database forgets is only made again: it need not wait for the disk.
        await connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
    now = datetime.now(UTC)
    row = (await connection.execute(_CLAIM, {"judging": judging_id, "by": worker, "now": now})).one_or_none()
    if row is None:
        return await _give_up(connection, judging_id)
    return ClaimedJudging(
        judging_id=judging_id,
        submission_id=row.submission_id,
        submission=Submission(problem=row.problem, source=row.source),
        seed=row.seed,
        samples_only=row.samples_only,
        own_input=OwnInput.from_text(row.own_input) if row.own_input else None,
        attempt=row.attempts,
        faults=row.faults,
        alone=row.suspect,
        waited=max(0.0, (now - row.created).total_seconds()),
    )


async def _give_up(connection: Connection, judging_id: str) -> _GivenUp | None:
    """Make the judge's failure the verdict; None if it has a verdict or was cancelled."""
    query = sa.select(judgings.c.problem, judgings.c.reason, judgings.c.lost_alone).where(
        judgings.c.id == judging_id, judgings.c.status.in_(LIVE)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    poison = row.lost_alone >= retries.LOST_ALONE
    message = f"the judge gave up after {MAX_ATTEMPTS} attempts: {row.reason}"
    if poison:
        message = (
            f"the judge gave up: {row.lost_alone} times this program had a worker to itself, the worker was lost each"
            " time, and no worker was lost in between; an operator has to look at it"
        )
    report = Report.judge_failed(row.problem, message).to_json()
    due = await _finish(connection, judging_id, report)
    return None if due is None else _GivenUp(webhooks=due, poison=poison)


async def _finish(
    connection: Connection, judging_id: str, report: Mapping[str, Any], hidden_seed: str | None = None
) -> int | None:
    """Write the verdict, unless there is one: the first writer wins. `hidden_seed` is that of the judging, if given.

    Returns how many webhooks are due by it; None if there was a verdict already.
    """
    now = datetime.now(UTC)
    clean = await asyncio.to_thread(clean_json, report)  # a large one takes longer than others may wait
    values: dict[str, Any] = {
        "status": Status.DONE,
        "verdict": str(report["verdict"]),
        "score": report["score"],
        "time_ms": report["time_ms"],
        "cpu_ms": report["cpu_ms"],
        "memory_mb": report["memory_mb"],
        "lane": report["lane"],
        "summary": clean["summary"],
        "cause": (clean["summary"]["cause"] or "")[:CAUSE_CHARACTERS] or None,
        "report": clean,
        "finished": now,
    }
    if package := report["provenance"]["package"]:
        values["package"] = package
    if hidden_seed is not None:
        values["hidden_seed"] = hidden_seed
    finished = (await connection.execute(_FINISH, {"judging": judging_id, **values})).first()
    if finished is None:
        return None
    if finished.lost_alone and values["verdict"] != Verdict.JUDGE_ERROR:
        await retries.clear_suspects(connection)  # what ended its workers was not this program
    return (await connection.execute(_HOOKS_DUE, {"of": judging_id, "now": now})).rowcount
