"""Admission of submissions: each gets a place in the fair queue, or is refused because too much is waiting.

new ──> its idempotency key is known ──> the receipt of then
    ──> an equal judging is stored ────> shares it
    ──> else ──────────────────────────> a judging of its own, and a ticket for the queue
"""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from judge.store import deduplicate
from judge.store.database import Connection
from judge.store.fair_queue import FairQueue
from judge.store.faults import KeyReused, NetworkFull, QueueFull, SeedsFull, SubmitterFull
from judge.store.ids import new_id
from judge.store.records import NewSubmission, Receipt, Status, Ticket
from judge.store.schema import judgings, live_judgings, submissions, webhooks
from judge.store.senders import require_accounts

RATE_WINDOW_SECONDS = 60
MAX_RETRY_AFTER_SECONDS = 60
MOST_SEEDS = 64  # that submitters chose, of judgings that wait: each may need a run of the reference
WORTH_RETRYING = 0.1  # share of the queue that should be judged before a client tries again
_AT_ONCE = 64  # submissions of a batch, admitted or written before other tasks have their turn


@dataclass(frozen=True, kw_only=True)
class QueueLimits:
    """Bounds of the queue: waiting judgings in all, waiting submissions of one submitter and of one network."""

    total: int
    submitter: int
    network: int | None = None


async def admit(
    connection: Connection, new_submissions: Sequence[NewSubmission], limits: QueueLimits, hidden_seed: str = ""
) -> tuple[list[Receipt | Exception], list[Ticket]]:
    """Insert all submissions that the limits allow.

    Args:
        connection: Of the transaction; the tickets must be put into the queue in it.
        new_submissions: Admitted one after another.
        limits: Of the queue.
        hidden_seed: Fingerprint of the secret that hidden cases are drawn from now.

    Returns:
        One result for each submission, in the order given, and the tickets for the queue. A result may be QueueFull,
        SubmitterFull, NetworkFull, SeedsFull or KeyReused.

    Raises UnknownUser if an account among the owners is gone.
    """
    await require_accounts(connection, {new.owner for new in new_submissions})
    keys = await deduplicate.sent_before(connection, new_submissions)
    same = await deduplicate.judged_before(connection, new_submissions, hidden_seed)
    admission = _Admission(connection, limits, keys, same, hidden_seed)
    results: list[Receipt | Exception] = []
    for new in new_submissions:
        if len(results) % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)  # others have their turn beside a large batch
        results.append(await admission.admit(new))
    await admission.write()
    return results, admission.tickets


class _Admission:
    """Admits the submissions of one transaction."""

    def __init__(
        self,
        connection: Connection,
        limits: QueueLimits,
        keys: dict[deduplicate.Key, tuple[Receipt, str]],
        same: dict[deduplicate.Same, tuple[str, bool]],
        hidden_seed: str,
    ) -> None:
        self._connection = connection
        self._limits = limits
        self._keys = keys
        self._same = same
        self._hidden_seed = hidden_seed
        self._queue = FairQueue(connection)
        self._seeds: set[tuple[str, int]] | None = None  # problems and seeds that wait
        self._judged: int | None = None  # in the last minute
        self._rows: dict[sa.Table, list[dict[str, Any]]] = {submissions: [], judgings: [], webhooks: []}
        self.tickets: list[Ticket] = []

    async def admit(self, new: NewSubmission) -> Receipt | Exception:
        """Decide on one submission; nothing is written yet."""
        try:
            return self._replay(new) or await self._share(new) or await self._queue_judging(new)
        except (QueueFull, KeyReused) as refusal:
            return refusal

    async def write(self) -> None:
        """Insert the rows of all that were admitted."""
        for table, rows in self._rows.items():
            for start in range(0, len(rows), _AT_ONCE):
                await self._connection.execute(sa.insert(table), rows[start : start + _AT_ONCE])

    # --- the three ways in

    def _replay(self, new: NewSubmission) -> Receipt | None:
        if new.idempotency_key is None or (new.submitter, new.idempotency_key) not in self._keys:
            return None
        receipt, request_sha256 = self._keys[new.submitter, new.idempotency_key]
        if request_sha256 != new.request_sha256:
            raise KeyReused
        return receipt

    async def _share(self, new: NewSubmission) -> Receipt | None:
        """Let `new` have the judging of an equal source, for the same package and seed."""
        if not deduplicate.may_share(new) or deduplicate.same_of(new) not in self._same:
            return None
        judging_id, finished = self._same[deduplicate.same_of(new)]
        if not finished:  # it waits as others do, although it costs no judging
            await self._queue.read(new)
            await self._refuse_if_many_wait(new)
        return self._add_submission(new, judging_id, shared=True, finished=finished)

    async def _queue_judging(self, new: NewSubmission) -> Receipt:
        await self._queue.read(new)
        if (queued := self._queue.queued) >= self._limits.total:
            raise QueueFull(f"{queued:,} submissions are waiting already", await self._retry_after(queued))
        await self._refuse_if_many_seeds_wait(new)
        await self._refuse_if_many_wait(new)
        judging_id = new_id()
        receipt = self._add_submission(new, judging_id, shared=False, finished=False)
        self._add_judging(new, judging_id, receipt.submission_id, self._queue.add_judging(new))
        if new.own_input is None:
            self._same.setdefault(deduplicate.same_of(new), (judging_id, False))
        return receipt

    # --- rows

    def _add_judging(self, new: NewSubmission, judging_id: str, submission_id: str, tag: int) -> None:
        self._rows[judgings].append(
            {
                "id": judging_id,
                "submission_id": submission_id,
                "problem": new.problem,
                "source_sha256": new.source_sha256,
                "package": new.package,
                "seed": new.seed,
                "hidden_seed": self._hidden_seed,
                "samples_only": new.samples_only,
                "own_input": new.own_input.to_text() if new.own_input else None,
                "own_cases": new.own_input.count if new.own_input else 0,
                "submitter": new.submitter,
                "network": new.network,
                "priority": int(new.priority),
                "tag": tag,
                "status": Status.QUEUED,
                "created": datetime.now(UTC),
            }
        )
        self.tickets.append(Ticket(judging_id=judging_id, priority=new.priority, tag=tag))

    def _add_submission(self, new: NewSubmission, judging_id: str, *, shared: bool, finished: bool) -> Receipt:
        now = datetime.now(UTC)
        receipt = Receipt(submission_id=new_id(), judging_id=judging_id, shared=shared)
        self._rows[submissions].append(
            {
                "id": receipt.submission_id,
                "problem": new.problem,
                "source": new.source,
                "source_sha256": new.source_sha256,
                "submitter": new.submitter,
                "owner": new.owner,
                "network": new.network,
                "judging_id": judging_id,
                "created": now,
                "idempotency_key": new.idempotency_key,
                "request_sha256": new.request_sha256,
            }
        )
        if new.idempotency_key is not None:
            replayed = Receipt(submission_id=receipt.submission_id, judging_id=judging_id, replayed=True)
            self._keys[new.submitter, new.idempotency_key] = replayed, new.request_sha256
        if new.webhook is not None:
            self._rows[webhooks].append(
                {
                    "id": new_id(),
                    "submission_id": receipt.submission_id,
                    "url": new.webhook.url,
                    "host": new.webhook.host,
                    "network": new.network,
                    "secret": new.webhook.secret,
                    "state": "due" if finished else "waiting",
                    "next_at": now if finished else None,
                }
            )
        return receipt

    # --- refusals

    async def _refuse_if_many_wait(self, new: NewSubmission) -> None:
        """Count one more submission that waits. Raises SubmitterFull or NetworkFull."""
        if (waiting := self._queue.waiting_of_submitter(new)) >= self._limits.submitter:
            message = f"{waiting:,} submissions of yours are waiting already"
            raise SubmitterFull(message, await self._retry_after(waiting))
        waiting = self._queue.waiting_of_network(new)
        if new.network and self._limits.network is not None and waiting >= self._limits.network:
            message = f"{waiting:,} submissions from your network are waiting already"
            raise NetworkFull(message, await self._retry_after(waiting))
        self._queue.add_submission(new)

    async def _refuse_if_many_seeds_wait(self, new: NewSubmission) -> None:
        """Count one more seed that waits, if it is a new one. Raises SeedsFull."""
        if not new.seed or new.samples_only:
            return
        if self._seeds is None:
            table = judgings.c
            waits = (live_judgings, table.seed != 0, ~table.samples_only)
            query = sa.select(table.problem, table.seed).distinct().where(*waits)
            self._seeds = {(row.problem, row.seed) for row in await self._connection.execute(query)}
        if (new.problem, new.seed) not in self._seeds and len(self._seeds) >= MOST_SEEDS:
            message = f"submissions with {MOST_SEEDS} other seeds are waiting already"
            raise SeedsFull(message, MAX_RETRY_AFTER_SECONDS // 2)
        self._seeds.add((new.problem, new.seed))

    async def _retry_after(self, waiting: int) -> int:
        """Return the seconds until a tenth of `waiting` is judged, at the rate of the last minute."""
        if self._judged is None:
            since = datetime.now(UTC) - timedelta(seconds=RATE_WINDOW_SECONDS)
            query = sa.select(sa.func.count()).select_from(judgings).where(judgings.c.finished > since)
            self._judged = int((await self._connection.execute(query)).scalar_one())
        if not self._judged:
            return MAX_RETRY_AFTER_SECONDS // 2
        seconds = math.ceil(waiting * WORTH_RETRYING * RATE_WINDOW_SECONDS / self._judged)
        return min(max(seconds, 1), MAX_RETRY_AFTER_SECONDS)
