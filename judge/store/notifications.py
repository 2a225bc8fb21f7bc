"""Notifications about judgings, for listeners in this process or, through PostgreSQL, in every process.

A notification is a hint. A listener reads the row again, and also does so when nothing arrived for a while: a lost
notification costs time, never the verdict.
"""

import asyncio
import json
import logging
from collections import OrderedDict, defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa

from judge.store.database import KEEPALIVE, Connection

CHANNEL = "judge_notifications"
INBOX_NOTIFICATIONS = 256  # a listener that falls further behind than this reads the row instead
ENDS = ("done", "cancelled")
PROGRESS = frozenset({"started", "cases"})  # nothing for a listener that waits for the end only
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


class Notifications:
    """The listeners of this process. `closed` says that the judge stops: waiting should end."""

    def __init__(self) -> None:
        self._inboxes: defaultdict[str, set[Inbox]] = defaultdict(set)  # by judging; "" is for all judgings
        self._ended: OrderedDict[str, None] = OrderedDict()  # judgings that ended just now
        self.closed = False

    @contextmanager
    def listen(self, judging_id: str = "") -> Iterator[Inbox]:
        """Yield an inbox for the notifications about one judging, or, without an id, about all."""
        inbox: Inbox = asyncio.Queue(INBOX_NOTIFICATIONS)
        if judging_id in self._ended:  # between its submission and this call
            inbox.put_nowait(Notification(kind="lost", judging_id=judging_id))
        self._inboxes[judging_id].add(inbox)
        try:
            yield inbox
        finally:
            self._inboxes[judging_id].discard(inbox)
            if not self._inboxes[judging_id]:
                del self._inboxes[judging_id]

    def deliver(self, notification: Notification) -> None:
        """Put the notification into every inbox that it concerns."""
        if notification.kind in ENDS:
            self._ended[notification.judging_id] = None
            while len(self._ended) > ENDED_KEPT:
                self._ended.popitem(last=False)
        for key in (notification.judging_id, ""):
            for inbox in self._inboxes.get(key, ()):
                with suppress(asyncio.QueueFull):
                    inbox.put_nowait(notification)

    def close(self) -> None:
        """End all waiting: the judge stops."""
        self.closed = True
        self.wake_all()

    def wake_all(self) -> None:
        """Make every listener read again."""
        for key in list(self._inboxes):
            for inbox in self._inboxes[key]:
                with suppress(asyncio.QueueFull):
                    inbox.put_nowait(Notification(kind="lost", judging_id=key))


async def next_change(inbox: Inbox, until: float, ignored: Collection[str] = ()) -> None:
    """Wait for a notification of no `ignored` kind, or for the loop's time `until`; take what came with it, too."""
    with suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            while (await inbox.get()).kind in ignored:
                pass
            await asyncio.sleep(0)  # other listeners of this process take the same notification in
    while not inbox.empty():
        inbox.get_nowait()


class Bus(Protocol):
    """Carries notifications to the listeners; one about a change travels with the transaction that makes it."""

    async def before_commit(self, connection: Connection, notifications: Iterable[Notification]) -> None:
        """Send notifications inside the transaction, where the database can do that."""
        ...

    def after_commit(self, notifications: Iterable[Notification]) -> None:
        """Send notifications after the commit, where the database can't."""
        ...

    async def run(self) -> None:
        """Listen until cancelled."""
        ...


class LocalBus:
    """Carries notifications within one process."""

    def __init__(self, listeners: Notifications) -> None:
        self._listeners = listeners

    async def before_commit(self, connection: Connection, notifications: Iterable[Notification]) -> None:
        """Do nothing: no other process listens."""

    def after_commit(self, notifications: Iterable[Notification]) -> None:
        """Deliver at once."""
        for notification in notifications:
            self._listeners.deliver(notification)

    async def run(self) -> None:
        """Do nothing: no other process sends."""


class PostgresBus:
    """Carries notifications by LISTEN and NOTIFY: one listening connection a process."""

    def __init__(self, dsn: str, listeners: Notifications) -> None:
        self._listeners = listeners
        self._dsn = dsn

    async def before_commit(self, connection: Connection, notifications: Iterable[Notification]) -> None:
        """NOTIFY in the transaction: sent when it commits, never when it does not."""
        payloads = [(_pack(notification),) for notification in notifications]
        if payloads:
            values = sa.values(sa.column("payload", sa.Text), name="payloads").data(payloads)
            await connection.execute(sa.select(sa.func.pg_notify(CHANNEL, values.c.payload)).select_from(values))

    def after_commit(self, notifications: Iterable[Notification]) -> None:
        """Do nothing: the database delivers, to this process too."""

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is opened again, and then every listener reads again."""
        import psycopg

        while True:
            try:
                async with await psycopg.AsyncConnection.connect(self._dsn, autocommit=True, **KEEPALIVE) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    self._listeners.wake_all()
                    async for message in connection.notifies():
                        if notification := _unpack(message.payload):
                            self._listeners.deliver(notification)
            except (psycopg.Error, OSError) as error:
                log.warning("notifications from the database interrupted: %s", str(error).strip())
            await asyncio.sleep(RECONNECT_SECONDS)


def _pack(notification: Notification) -> str:
    content = {"k": notification.kind, "j": notification.judging_id, "d": notification.data}
    payload = json.dumps(content, separators=(",", ":"))
    if len(payload) <= PAYLOAD_BYTES:
        return payload
    return json.dumps({"k": "lost", "j": notification.judging_id, "d": {}})


def _unpack(payload: str) -> Notification | None:
    try:
        data = json.loads(payload)
        return Notification(kind=data["k"], judging_id=data["j"], data=data["d"])
    except (ValueError, KeyError, TypeError):  # a foreign NOTIFY on our channel
        return None
