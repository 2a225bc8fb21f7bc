"""The store: everything the judge remembers, and the queue, behind one object.

Each method of a repository is one transaction. Any of them raises StoreFault when the database can't be reached;
nothing was written then, except that the outcome of a commit that was cut off is unknown (an idempotency key makes the
repeat safe).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import sqlalchemy as sa

from judge.store import retries
from judge.store.accounts.accounts import Accounts
from judge.store.admission import QueueLimits
from judge.store.classes.classes import Classes
from judge.store.judgings import Judgings
from judge.store.lti.lti import Lti
from judge.store.migrate import migrate, newest
from judge.store.notifications import Bus, LocalBus, Notifications, PostgresBus
from judge.store.open_database import open_database
from judge.store.queue import Queue
from judge.store.rejudges import Rejudges
from judge.store.sample_values import SampleValues
from judge.store.secrets import Secrets
from judge.store.sqlite_queue import SqliteQueue, owned
from judge.store.stats import Stats
from judge.store.submissions import Submissions
from judge.store.transactions import Transactions, faults_translated
from judge.store.webhooks import Webhooks
from judge.store.workers import Workers


class Store:
    """One repository for each thing that is stored, the queue, and the notifications. Open it with `open_store`.

    `hidden_seed` is the fingerprint of the secret that hidden cases are drawn from now, "" where there is none:
    judgings are shared, and compared, only among those of one secret.
    """

    def __init__(
        self,
        url: str,
        limits: QueueLimits,
        heartbeat_seconds: float,
        stall_seconds: float,
        on_fault: retries.OnFault = lambda _: None,
    ) -> None:
        self._database = open_database(url)
        self.hidden_seed = ""
        self.notifications = Notifications()
        self.queue: Queue
        self.bus: Bus
        if self._database.kind == "sqlite":
            self.queue = SqliteQueue(self._database, on_fault)
            self.bus = LocalBus(self.notifications)
        else:
            from judge.store.postgres_queue import PostgresQueue  # its libraries take a tenth of a start

            dsn = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
            self.queue = PostgresQueue(self._database, dsn, heartbeat_seconds, stall_seconds, on_fault)
            self.bus = PostgresBus(dsn, self.notifications)
        self.transactions = Transactions(self._database, self.bus)
        self.submissions = Submissions(
            self.transactions, self.queue, self.notifications, limits, self._current_hidden_seed
        )
        self.judgings = Judgings(self.transactions, self._current_hidden_seed, on_fault)
        self.rejudges = Rejudges(self.transactions, self.queue, self._current_hidden_seed)
        self.workers = Workers(self.transactions, stall_seconds)
        self.webhooks = Webhooks(self.transactions)
        self.sample_values = SampleValues(self.transactions)
        self.secrets = Secrets(self.transactions)
        self.stats = Stats(self.transactions)
        self.accounts = Accounts(self.transactions)
        self.classes = Classes(self.transactions)
        self.lti = Lti(self.transactions)

    async def is_migrated(self) -> bool:
        """Return True if the database has the schema that this version needs."""
        async with self.transactions.reading() as connection:
            revision = (await connection.execute(sa.text("SELECT version_num FROM alembic_version"))).scalar()
        return revision == newest()

    async def close(self) -> None:
        """Close every connection."""
        await self.queue.close()
        await self._database.close()

    def _current_hidden_seed(self) -> str:
        return self.hidden_seed  # set only after the store is open, because the secret may be stored in it


@asynccontextmanager
async def open_store(
    url: str,
    *,
    queue_limit: int,
    submitter_limit: int,
    heartbeat_seconds: float,
    stall_seconds: float,
    on_fault: retries.OnFault = lambda _: None,
    network_limit: int | None = None,
) -> AsyncIterator[Store]:
    """Open a store, migrate it to this version's schema, and receive notifications until the block ends.

    `on_fault` is called with the kind of each fault of the judge that the store notices. Raises StoreFault if another
    process owns the SQLite file, or the database can't be used.
    """
    limits = QueueLimits(total=queue_limit, submitter=submitter_limit, network=network_limit)
    async with AsyncExitStack() as stack:
        file = Path(sa.make_url(url).database or "")
        if url.startswith("sqlite"):
            file.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(owned(file))
        with faults_translated():
            await asyncio.to_thread(migrate, url)
        store = Store(url, limits, heartbeat_seconds, stall_seconds, on_fault)
        stack.push_async_callback(store.close)
        with faults_translated():
            await store.queue.open()
        listening = asyncio.create_task(store.bus.run(), name="notifications")
        stack.push_async_callback(_end, listening)
        yield store


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
