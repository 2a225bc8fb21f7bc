"""A process that only judges: `judge worker`."""

import asyncio
import signal

import structlog
from prometheus_client import start_http_server

from judge.errors import SettingsFault
from judge.problems.catalog import Catalog, open_catalog
from judge.settings import Settings
from judge.store.store import open_store
from judge.worker import metrics
from judge.worker.grader import MakeGrader, installed_grader
from judge.worker.hidden_seed import settle_hidden_seed
from judge.worker.maintenance import keep_up
from judge.worker.worker import Worker

log = structlog.stdlib.get_logger(__name__)


async def run_worker(
    settings: Settings, *, catalog: Catalog | None = None, make_grader: MakeGrader = installed_grader
) -> None:
    """Judge until SIGTERM or SIGINT. Raises SettingsFault on SQLite, whose one process is `judge serve`."""
    if settings.embedded:
        raise SettingsFault("JUDGE_DATABASE_URL: a worker needs PostgreSQL; on SQLite `judge serve` judges by itself")
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
        working = asyncio.create_task(worker.run(), name="worker")
        upkeep = asyncio.create_task(keep_up(store), name="upkeep")
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
        done, _ = await asyncio.wait({working, upkeep}, return_when=asyncio.FIRST_COMPLETED)
        for task in (working, upkeep):
            task.cancel()
        await asyncio.gather(working, upkeep, return_exceptions=True)
        for task in done:
            if not task.cancelled() and (error := task.exception()):
                raise error
