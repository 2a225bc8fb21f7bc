"""Taking submissions in: each gets a place in the fair queue, or is refused because the queue is full.

Fairness is start-time fair queueing. The tag of a new judging is the greatest of
    the queue's present tag,
    one step more than the last tag of its submitter: who posts a thousand gets a thousand rising tags, and who posts
        one comes in at the front;
    the present tag and an eighth of a step for each one that waits from its client network: names are free, so all
        names of one network together are served like eight submitters at most.
A name means something within its network only: nobody elsewhere can use up another one's places.
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
from judge.store.faults import KeyReused, NetworkFull, QueueFull, SeedsFull, SubmitterFull
from judge.store.ids import new_id
from judge.store.records import NewSubmission, Receipt, Status, Ticket
from judge.store.schema import judgings, live_judgings, submissions, webhooks

RATE_WINDOW_SECONDS = 60
MAX_RETRY_AFTER_SECONDS = 60
MOST_SEEDS = 64  # that submitters chose, of judgings that wait: each may need a run of the reference
_AT_ONCE = 64  # submissions of a batch, taken in or written before others have their turn
WORTH_RETRYING = 0.1  # share of the queue that should be judged before somebody tries again
NETWORK_SUBMITTERS = 8  # a network is served like so many submitters at most: a class behind one address, but no crowd
STEP = NETWORK_SUBMITTERS  # between two tags of one submitter, so that an eighth of it is a whole number
ID_TIME_CHARACTERS = 13  # the first characters of an id tell the millisecond when it was made
AFTER_EVERY_ID = "~"


@dataclass(frozen=True, kw_only=True)
class QueueLimits:
    """Bounds of the queue: waiting judgings in all, waiting submissions of one submitter and of one network."""

    total: int
    submitter: int
    network: int | None = None


@dataclass
class _Lane:
    """The state of one submitter's queue at one priority while its submissions are taken in."""

    present: int
    last: int | None

    def next_tag(self, network_waits: int) -> int:
        """The tag of this submitter's next judging, when `network_waits` of its network are queued."""
        fair = self.present + network_waits * (STEP // NETWORK_SUBMITTERS)
        self.last = max(fair, self.last + STEP if self.last is not None else 0)
        return self.last


async def take(
    connection: Connection, news: Sequence[NewSubmission], room: QueueLimits, hidden_seed: str = ""
) -> tuple[list[Receipt | Exception], list[Ticket]]:
    """Insert what can be taken: one result an item in the order given, and the tickets for the queue.

    An item's result may be QueueFull, SubmitterFull, NetworkFull, SeedsFull or KeyReused. `hidden_seed` is the
    fingerprint of the secret that hidden cases are drawn from now.
    """
    keys, same = (
        await deduplicate.sent_before(connection, news),
        await deduplicate.judged_before(connection, news, hidden_seed),
    )
    intake = _Intake(connection, room, keys, same, hidden_seed)
    results: list[Receipt | Exception] = []
    for new in news:
        if len(results) % _AT_ONCE == _AT_ONCE - 1:
            await asyncio.sleep(0)  # others have their turn beside a large batch
        results.append(await intake.take(new))
    await intake.write()
    return results, intake.tickets


class _Intake:
    def __init__(
        self,
        connection: Connection,
        room: QueueLimits,
        keys: dict[deduplicate.Key, tuple[Receipt, str]],
        same: dict[deduplicate.Same, tuple[str, bool]],
        hidden_seed: str,
    ) -> None:
        self._connection = connection
        self._room = room
        self._keys = keys
        self._same = same
        self._hidden_seed = hidden_seed
        self._seeds: set[tuple[str, int]] | None = None
        self._queued: int | None = None
        self._judged: int | None = None  # in the last minute
        self._lanes: dict[tuple[str, str, int], _Lane] = {}
        self._of_name: dict[tuple[str, str], int] = {}  # submissions that wait, by network and submitter
        self._of_network: dict[str, int] = {}  # the same by network
        self._crowd: dict[tuple[str, int], int] = {}  # judgings that wait, by network and priority
        self._rows: dict[sa.Table, list[dict[str, Any]]] = {submissions: [], judgings: [], webhooks: []}
        self.tickets: list[Ticket] = []

    async def take(self, new: NewSubmission) -> Receipt | Exception:
        """What becomes of one submission; nothing is written yet."""
        try:
            return self._replay(new) or await self._share(new) or await self._queue(new)
        except (QueueFull, KeyReused) as refusal:
            return refusal

    async def write(self) -> None:
        """Insert the rows of all that were taken."""
        for table, rows in self._rows.items():
            for start in range(0, len(rows), _AT_ONCE):
                await self._connection.execute(sa.insert(table), rows[start : start + _AT_ONCE])

    def _replay(self, new: NewSubmission) -> Receipt | None:
        if new.idempotency_key is None or (new.submitter, new.idempotency_key) not in self._keys:
            return None
        taken, request_sha256 = self._keys[new.submitter, new.idempotency_key]
        if request_sha256 != new.request_sha256:
            raise KeyReused
        return taken

    async def _share(self, new: NewSubmission) -> Receipt | None:
        """An equal source, for the same package and seed, is judged once: its judging serves both."""
        if not new.reuse or not new.package or deduplicate.same_of(new) not in self._same:
            return None
        judging_id, finished = self._same[deduplicate.same_of(new)]
        if not finished:  # it waits as others do, although it costs no judging
            await self._lane(new)
            await self._refuse_if_full(new)
        return self._submission(new, judging_id, shared=True, finished=finished)

    async def _queue(self, new: NewSubmission) -> Receipt:
        lane = await self._lane(new)
        assert self._queued is not None
        if self._queued >= self._room.total:
            raise QueueFull(f"{self._queued:,} submissions are waiting already", await self._retry_after(self._queued))
        await self._refuse_seed_if_full(new)
        await self._refuse_if_full(new)
        judging_id = new_id()
        taken = self._submission(new, judging_id, shared=False, finished=False)
        crowd = (new.network, int(new.priority))
        tag = lane.next_tag(self._crowd[crowd] if new.network else 0)
        self._queued += 1
        self._crowd[crowd] += 1
        self._rows[judgings].append(
            {
                "id": judging_id,
                "submission_id": taken.submission_id,
                "problem": new.problem,
                "source_sha256": new.source_sha256,
                "package": new.package,
                "seed": new.seed,
                "hidden_seed": self._hidden_seed,
                "samples_only": new.samples_only,
                "submitter": new.submitter,
                "network": new.network,
                "priority": int(new.priority),
                "tag": tag,
                "status": Status.QUEUED,
                "created": datetime.now(UTC),
            }
        )
        self._same.setdefault(deduplicate.same_of(new), (judging_id, False))
        self.tickets.append(Ticket(judging_id=judging_id, priority=new.priority, tag=tag))
        return taken

    def _submission(self, new: NewSubmission, judging_id: str, *, shared: bool, finished: bool) -> Receipt:
        now = datetime.now(UTC)
        taken = Receipt(submission_id=new_id(), judging_id=judging_id, shared=shared)
        self._rows[submissions].append(
            {
                "id": taken.submission_id,
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
            replayed = Receipt(submission_id=taken.submission_id, judging_id=judging_id, replayed=True)
            self._keys[new.submitter, new.idempotency_key] = replayed, new.request_sha256
        if new.webhook is not None:
            self._rows[webhooks].append(
                {
                    "id": new_id(),
                    "submission_id": taken.submission_id,
                    "url": new.webhook.url,
                    "host": new.webhook.host,
                    "network": new.network,
                    "secret": new.webhook.secret,
                    "state": "due" if finished else "waiting",
                    "next_at": now if finished else None,
                }
            )
        return taken

    async def _lane(self, new: NewSubmission) -> _Lane:
        key = (new.network, new.submitter, int(new.priority))
        if key in self._lanes:
            return self._lanes[key]
        table = judgings.c
        queued = sa.and_(live_judgings, table.status == Status.QUEUED)
        running = sa.and_(live_judgings, table.status == Status.RUNNING)
        network, class_ = table.network == new.network, table.priority == int(new.priority)
        mine = sa.and_(network, table.submitter == new.submitter)
        last = sa.select(sa.func.max(table.tag)).where(live_judgings, mine, class_)
        present = sa.func.coalesce(
            sa.select(sa.func.max(table.tag)).where(running, class_).scalar_subquery(),
            sa.select(sa.func.min(table.tag)).where(queued, class_).scalar_subquery(),
            0,
        )
        count = sa.select(sa.func.count()).select_from(judgings).where(queued)
        of_network = submissions.c.network == new.network
        row = (
            await self._connection.execute(
                sa.select(
                    count.scalar_subquery().label("queued"),
                    count.where(network, class_).scalar_subquery().label("crowd"),
                    _waiting(of_network, submissions.c.submitter == new.submitter).label("of_name"),
                    _waiting(of_network).label("of_network"),
                    present.label("present"),
                    last.scalar_subquery().label("last"),
                )
            )
        ).one()
        if self._queued is None:
            self._queued = row.queued
        self._crowd.setdefault((new.network, int(new.priority)), row.crowd)
        self._of_name.setdefault((new.network, new.submitter), row.of_name)
        self._of_network.setdefault(new.network, row.of_network)
        self._lanes[key] = _Lane(present=row.present, last=row.last)
        return self._lanes[key]

    async def _refuse_if_full(self, new: NewSubmission) -> None:
        """Count one more that waits, for its submitter and its network. Raises SubmitterFull or NetworkFull."""
        name = (new.network, new.submitter)
        if (waiting := self._of_name[name]) >= self._room.submitter:
            message = f"{waiting:,} submissions of yours are waiting already"
            raise SubmitterFull(message, await self._retry_after(waiting))
        waiting = self._of_network[new.network]
        if new.network and self._room.network is not None and waiting >= self._room.network:
            message = f"{waiting:,} submissions from your network are waiting already"
            raise NetworkFull(message, await self._retry_after(waiting))
        self._of_name[name] += 1
        self._of_network[new.network] += 1

    async def _refuse_seed_if_full(self, new: NewSubmission) -> None:
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
        """Seconds until a tenth of what waits should be judged, from what was judged in the last minute."""
        if self._judged is None:
            since = datetime.now(UTC) - timedelta(seconds=RATE_WINDOW_SECONDS)
            query = sa.select(sa.func.count()).select_from(judgings).where(judgings.c.finished > since)
            self._judged = int((await self._connection.execute(query)).scalar_one())
        if not self._judged:
            return MAX_RETRY_AFTER_SECONDS // 2
        seconds = math.ceil(waiting * WORTH_RETRYING * RATE_WINDOW_SECONDS / self._judged)
        return min(max(seconds, 1), MAX_RETRY_AFTER_SECONDS)


def _waiting(*chosen: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """Count the chosen submissions that wait, those that share a judging included.

    None of them is older than the oldest judging that waits, which keeps the count off the history.
    """
    oldest = sa.select(sa.func.substr(sa.func.min(judgings.c.id), 1, ID_TIME_CHARACTERS))
    oldest = oldest.where(live_judgings, judgings.c.status == Status.QUEUED)
    return (
        sa.select(sa.func.count())
        .select_from(submissions.join(judgings, judgings.c.id == submissions.c.judging_id))
        .where(
            *chosen,
            submissions.c.id >= sa.func.coalesce(oldest.scalar_subquery(), AFTER_EVERY_ID),
            submissions.c.cancelled.is_(None),
            judgings.c.status == Status.QUEUED,
        )
        .scalar_subquery()
    )
