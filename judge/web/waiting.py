"""A submission that waits, as pages and the API show it: its place, whether the judge is starting, and an estimate."""

import time
from datetime import UTC, datetime
from typing import Any

from judge.settings import Settings
from judge.store.records import Status, SubmissionRecord, WorkerRow
from judge.store.store import Store
from judge.web.estimate import MOST_TIMES, Estimate, ServiceTime, Waiting, estimate
from judge.worker.start_times import StartTimes

KEEP_SECONDS = 1.0  # that workers and times count as known: many clients ask at once


class Waits:
    """Knows how long submissions wait; asks the store at most once in KEEP_SECONDS for what all estimates share."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._starts = StartTimes(settings.cache_dir)
        self._known_until = 0.0
        self._workers: list[WorkerRow] = []
        self._running = 0
        self._times: list[ServiceTime] = []

    async def of(self, stored: SubmissionRecord) -> Waiting | None:
        """Return the wait of a submission; None if it does not wait. Raises StoreFault."""
        if stored.status is not Status.QUEUED:
            return None
        position = await self._store.submissions.position(stored)
        if position is None or stored.retry_at is not None:
            return Waiting(position=position)
        await self._look()
        ready = [worker for worker in self._workers if worker.state == "healthy"]
        found = estimate(
            stored.problem,
            samples_only=stored.samples_only,
            ahead=position - 1,
            running=self._running,
            slots=sum(worker.concurrency for worker in ready or self._workers),
            times=self._times,
        )
        starting = not ready and any(worker.state == "starting" for worker in self._workers)
        if starting:
            found = self._after_start(found)
        elif not ready:
            found = None  # nobody knows when a worker comes back
        return Waiting(position=position, starting=starting, estimate=found)

    def _after_start(self, found: Estimate | None) -> Estimate:
        """Return an estimate that includes what is left of the worker's start."""
        began = min(worker.started for worker in self._workers if worker.state == "starting")
        left = self._starts.left((datetime.now(UTC) - began).total_seconds())
        own = found or Estimate(low=0.0, high=1.0)
        return Estimate(low=left / 2 + own.low, high=2 * left + own.high)

    async def _look(self) -> None:
        if time.monotonic() < self._known_until:
            return
        self._known_until = time.monotonic() + KEEP_SECONDS
        self._workers = [worker for worker in await self._store.workers.all() if worker.fresh]
        self._running = (await self._store.stats.depth()).running
        self._times = [ServiceTime(**row) for row in await self._store.stats.service_times(MOST_TIMES)]


def waiting_members(waiting: Waiting | None) -> dict[str, Any]:
    """Return the members of a submission's JSON about its wait."""
    if waiting is None:
        return {"position": None, "estimate": None}
    return {"position": waiting.position, "estimate": waiting.estimate_json()}
