"""News of a judging, carried to whoever waits for it: in this process, or through PostgreSQL to every machine.

News is a hint. Whoever waits reads the row again, also when nothing was heard for a while: a lost note costs time,
never the answer.
"""

import asyncio
import json
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import psycopg
import sqlalchemy as sa

from judge.store.database import Connection

CHANNEL = "judge_news"
INBOX_NOTES = 256  # a listener that sleeps longer than this reads the row instead
ENDS = ("done", "cancelled")
ENDED_KEPT = 4_096
PAYLOAD_BYTES = 7_900  # PostgreSQL takes less than 8,000
RECONNECT_SECONDS = 0.5

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Notification:
    """`kind` is queued, started, cases, done, cancelled or lost (something may have been missed: read again)."""

    kind: str
    judging_id: str
    data: dict[str, Any] = field(default_factory=dict)


Inbox = asyncio.Queue[Notification]


class Inboxes:
    """Who listens to which judging in this process."""

    def __init__(self) -> None:
        self._by_judging: defaultdict[str, set[Inbox]] = defaultdict(set)
        self._ended: OrderedDict[str, None] = OrderedDict()  # judgings that ended just now
        self.closed = False  # the judge stops: nobody should wait any longer

    @contextmanager
    def listen(self, judging_id: str = "") -> Iterator[Inbox]:
        """An inbox for one judging's notes, or, without an id, for everyone's."""
        inbox: Inbox = asyncio.Queue(INBOX_NOTES)
        if judging_id in self._ended:  # between its submission and this call
            inbox.put_nowait(Notification(kind="lost", judging_id=judging_id))
        self._by_judging[judging_id].add(inbox)
        try:
            yield inbox
        finally:
            self._by_judging[judging_id].discard(inbox)
            if not self._by_judging[judging_id]:
                del self._by_judging[judging_id]

    def deliver(self, note: Notification) -> None:
        """Put the note into every inbox that is concerned."""
        if note.kind in ENDS:
            self._ended[note.judging_id] = None
            while len(self._ended) > ENDED_KEPT:
                self._ended.popitem(last=False)
        for key in (note.judging_id, ""):
            for inbox in self._by_judging.get(key, ()):
                with suppress(asyncio.QueueFull):
                    inbox.put_nowait(note)

    def close(self) -> None:
        """Send everyone home who waits."""
        self.closed = True
        self.wake_all()

    def wake_all(self) -> None:
        """Tell everyone to read again."""
        for key in list(self._by_judging):
            for inbox in self._by_judging[key]:
                with suppress(asyncio.QueueFull):
                    inbox.put_nowait(Notification(kind="lost", judging_id=key))


class Bus(Protocol):
    """Carries notes; a note about a change travels with the transaction that makes it."""

    inboxes: Inboxes

    async def before_commit(self, connection: Connection, notes: Iterable[Notification]) -> None:
        """Send notes inside the transaction, where the database can do that."""
        ...

    def after_commit(self, notes: Iterable[Notification]) -> None:
        """Send notes after the commit, where the database can't."""
        ...

    async def run(self) -> None:
        """Listen until cancelled."""
        ...


class LocalBus:
    """For one process."""

    def __init__(self) -> None:
        self.inboxes = Inboxes()

    async def before_commit(self, connection: Connection, notes: Iterable[Notification]) -> None:
        """Nothing: nobody outside this process listens."""

    def after_commit(self, notes: Iterable[Notification]) -> None:
        """Deliver at once."""
        for note in notes:
            self.inboxes.deliver(note)

    async def run(self) -> None:
        """Nothing to listen to."""


class PostgresBus:
    """LISTEN and NOTIFY: one listening connection a process."""

    def __init__(self, dsn: str) -> None:
        self.inboxes = Inboxes()
        self._dsn = dsn

    async def before_commit(self, connection: Connection, notes: Iterable[Notification]) -> None:
        """NOTIFY in the transaction: sent when it commits, never when it does not."""
        payloads = [payload for note in notes if (payload := _pack(note)) is not None]
        if payloads:
            values = sa.values(sa.column("payload", sa.Text), name="news").data([(payload,) for payload in payloads])
            await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, values.c.payload)).select_from(values))

    def after_commit(self, notes: Iterable[Notification]) -> None:
        """Nothing: the database delivers, to this process too."""

    async def run(self) -> None:
        """Listen for ever; a lost connection is opened again, and then everyone reads again."""
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, **KEEPALIVE) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self.inboxes.wake_all()
                    async for message in connection.notifies():
                        if note := _unpack(message.payload):
                            self.inboxes.deliver(note)
            except (psycopg.Error, OSError) as error:
                log.warning("news from the database interrupted: %s", str(error).strip())
            await asyncio.sleep(RECONNECT_SECONDS)


# A machine that vanishes closes no connection: without these a listener would wait for hours.
KEEPALIVE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def _pack(note: Notification) -> str | None:
    payload = json.dumps({"k": note.kind, "j": note.judging_id, "d": note.data}, separators=(",", ":"))
    if len(payload) <= PAYLOAD_BYTES:
        return payload
    return json.dumps({"k": "lost", "j": note.judging_id, "d": {}})


def _unpack(payload: str) -> Notification | None:
    try:
        data = json.loads(payload)
        return Notification(kind=data["k"], judging_id=data["j"], data=data["d"])
    except (ValueError, KeyError, TypeError):  # somebody else's NOTIFY on our channel
        return None
