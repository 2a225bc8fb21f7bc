"""A process that only judges: `judge worker`."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

from prometheus_client import start_http_server

from judge.errors import SettingsFault
from judge.problems.catalog import Catalog, open_catalog
from judge.settings import Settings
from judge.store.store import open_store
from judge.worker import metrics
from judge.worker.grader import MakeGrader, installed_grader
from judge.worker.hidden_seed import settle_hidden_seed
from judge.worker.maintenance import maintain
from judge.worker.worker import Worker


async def run_worker(
    settings: Settings, *, catalog: Catalog | None = None, make_grader: MakeGrader = installed_grader
) -> None:
    """Judge until SIGTERM or SIGINT. Raises SettingsFault on SQLite, whose one process is `judge serve`."""
    if settings.embedded:
        raise SettingsFault("JUDGE_DATABASE_URL: a worker needs PostgreSQL; on SQLite `judge serve` does the judging")
    settings.data.mkdir(parents=True, exist_ok=True)
    if settings.metrics_port:
        start_http_server(settings.metrics_port, registry=metrics.REGISTRY)
    async with open_store(
        settings.url,
        queue_limit=settings.queue_limit,
        submitter_limit=settings.submitter_limit,
        heartbeat_seconds=settings.heartbeat_seconds,
        stall_seconds=settings.stall_seconds,
        on_fault=metrics.count_fault,
    ) as store:
        seed = await settle_hidden_seed(settings, store)
        catalog = (catalog or open_catalog()).with_hidden_seed(seed)
        worker = Worker(store, settings, catalog, make_grader, settings.workers or 1)
        await _run_until_signal(worker.run(), maintain(store))


async def _run_until_signal(work: Coroutine[Any, Any, None], maintenance: Coroutine[Any, Any, None]) -> None:
    """Run both until SIGTERM or SIGINT cancels `work`, or one of them ends; then end both, and raise its error."""
    working = asyncio.create_task(work, name="worker")
    maintaining = asyncio.create_task(maintenance, name="maintenance")
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    ended, _ = await asyncio.wait({working, maintaining}, return_when=asyncio.FIRST_COMPLETED)
    for task in (working, maintaining):
        task.cancel()
    await asyncio.gather(working, maintaining, return_exceptions=True)
    for task in ended:
        if not task.cancelled():
            task.result()
