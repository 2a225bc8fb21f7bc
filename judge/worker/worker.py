"""A worker as it runs, inside `judge serve` or alone: slots, self-test, heartbeat, jobs.

          self-test fails                   self-test passes
starting ─────────────────> sick <────────────────────────────> healthy ──> stopping
                            accepts no jobs                     accepts jobs
"""

import asyncio
import contextlib
import os
import socket
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from judge.errors import SandboxFault, StoreFault
from judge.grading.reference_queue import ReferencePending
from judge.problems.catalog import Catalog
from judge.problems.problem import Problem
from judge.settings import Settings
from judge.store.ids import new_id
from judge.store.records import WorkerRow
from judge.store.store import Store
from judge.worker import metrics
from judge.worker.canary import Canary, Checkup
from judge.worker.grader import MakeGrader, SubmissionGrader
from judge.worker.judging import Judging
from judge.worker.slots import Slots
from judge.worker.start_times import StartTimes

SICK_SECONDS = 15.0  # between two self-tests while they fail
CHECKUP_TRIES = 3  # of a self-test whose box failed, which may have been killed
CHECKUP_PAUSE_SECONDS = 1.0

log = structlog.stdlib.get_logger(__name__)


class Worker:
    """Judges with `concurrency` slots until its `run` is cancelled. `row` describes it, as others see it."""

    def __init__(
        self, store: Store, settings: Settings, catalog: Catalog, make_grader: MakeGrader, concurrency: int
    ) -> None:
        self._store = store
        self._settings = settings
        self._catalog = catalog
        self._make_grader = make_grader
        self._canary = Canary(catalog, concurrency)
        self._slots = Slots(concurrency)
        self._row_changed = asyncio.Condition()
        self._starts = StartTimes(settings.cache_dir)
        host = socket.gethostname()
        self.row = WorkerRow(
            id=f"{host[:60]}-{os.getpid()}-{new_id()[-6:]}",
            host=host,
            pid=os.getpid(),
            concurrency=concurrency,
            busy=0,
            state="starting",
            started=datetime.now(UTC),
        )

    async def run(self) -> None:
        """Judge until cancelled; then finish what is being judged, or release it."""
        log.info("worker starts", worker=self.row.id, slots=self._slots.count)
        beating = asyncio.create_task(self._beat(), name="heartbeat")
        grader = None
        try:
            grader = await self._slots.run(0, self._start_grader)
            async with asyncio.TaskGroup() as together:
                judging = Judging(self._store, self._slots, grader, self.row.id)
                together.create_task(self._watch(grader, judging.doubt), name="self-test")
                together.create_task(self._accept_jobs(judging), name="jobs")
                together.create_task(self._keep_sample_values(grader), name="sample values")
        finally:
            self.row = replace(self.row, state="stopping")
            metrics.CANARY.set(0)
            if grader is not None and not self._slots.busy:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._slots.run(0, grader.close), self._settings.stop_seconds)
            self._slots.close()
            beating.cancel()
            with contextlib.suppress(StoreFault):
                await self._store.workers.forget(self.row.id)
            log.info("worker stopped", worker=self.row.id)

    def _start_grader(self) -> SubmissionGrader:
        return self._make_grader(self._catalog, self._settings.cache_dir, self._slots.count)

    # --- state

    async def _update_row(self, **changes: Any) -> None:
        async with self._row_changed:
            self.row = replace(self.row, **changes)
            self._row_changed.notify_all()

    async def _until(self, *, healthy: bool) -> None:
        async with self._row_changed:
            await self._row_changed.wait_for(lambda: (self.row.state == "healthy") == healthy)

    async def _beat(self) -> None:
        """Describe this worker in the store, on every change and every heartbeat."""
        while True:
            busy = self._slots.busy
            metrics.SLOTS.labels("busy").set(busy)
            metrics.SLOTS.labels("free").set(self._slots.count - busy)
            row = self.row = replace(self.row, busy=busy)
            try:
                await self._store.workers.describe(row)
            except StoreFault as fault:
                log.warning("no heartbeat", why=str(fault))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.heartbeat_seconds), self._row_changed:
                    await self._row_changed.wait_for(lambda: self.row is not row)  # noqa: B023 - awaited here

    # --- jobs

    async def _accept_jobs(self, judging: Judging) -> None:
        """Accept jobs while the self-test passes."""
        while True:
            await self._until(healthy=True)
            work = self._store.queue.work(judging.judge, self._slots.count, self._settings.stop_seconds)
            working = asyncio.create_task(work, name="queue")
            sick = asyncio.create_task(self._until(healthy=False), name="sick")
            try:
                ended, _ = await asyncio.wait({working, sick}, return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                await self._update_row(state="stopping")  # if it is lost from now on, no submission is blamed
                raise
            finally:
                for task in (sick, working):
                    task.cancel()
                await asyncio.wait({working, sick})
            if working in ended:
                working.result()

    async def _keep_sample_values(self, grader: SubmissionGrader) -> None:
        """Store the expected values of all samples, for processes that show them and run nothing."""
        while True:
            await self._until(healthy=True)
            pause = self._settings.canary_seconds
            for problem in self._catalog.problems():
                try:
                    await self._keep_sample_values_of(problem, grader)
                except ReferencePending as pending:
                    pause = min(pause, pending.seconds)
                except Exception as error:  # no reason to stop judging: a self-test, or a submission, shows it too
                    log.warning("no expected values", problem=problem.slug, why=str(error))
            await asyncio.sleep(pause)

    async def _keep_sample_values_of(self, problem: Problem, grader: SubmissionGrader) -> None:
        if await self._store.sample_values.get(problem.digest) is None:
            async with self._slots.lend() as slot:
                found = await self._slots.run(slot, partial(grader.sample_answers, problem.slug, slot=slot))
            await self._store.sample_values.keep(problem.digest, found)

    # --- self-test

    async def _watch(self, grader: SubmissionGrader, doubt: asyncio.Event) -> None:
        """Test every slot at the start, then one slot every few minutes, or when there is `doubt`."""
        checkups = [self._checkup(grader) for _ in range(self._slots.count)]
        await self._record(list(await asyncio.gather(*checkups)))
        while True:
            if self.row.state == "healthy":
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(doubt.wait(), self._settings.canary_seconds)
            else:
                await asyncio.sleep(SICK_SECONDS)
            doubt.clear()
            await self._record([await self._checkup(grader)])

    async def _checkup(self, grader: SubmissionGrader) -> Checkup:
        async with self._slots.lend() as slot:
            for left in reversed(range(CHECKUP_TRIES)):
                try:
                    return await self._slots.run(slot, self._canary.next_checkup(grader, slot))
                except Exception as error:
                    if not left or not isinstance(error, SandboxFault):
                        return Checkup(fault=f"{type(error).__name__}: {error}", about={})
                await asyncio.sleep(CHECKUP_PAUSE_SECONDS)
        raise AssertionError("not reached")

    async def _record(self, checkups: list[Checkup]) -> None:
        """Become healthy or sick by the results of self-tests."""
        fault = next((checkup.fault for checkup in checkups if checkup.fault), "")
        about = next((checkup.about for checkup in checkups if checkup.about), dict(self.row.about))
        if fault:
            log.error("self-test failed, accepting no jobs", worker=self.row.id, why=fault)
        elif self.row.state != "healthy":
            log.info("self-test passed, accepting jobs", worker=self.row.id)
            if self.row.state == "starting":
                self._starts.keep((datetime.now(UTC) - self.row.started).total_seconds())
        metrics.CANARY.set(0 if fault else 1)
        state = "sick" if fault else "healthy"
        await self._update_row(state=state, reason=fault, canary_at=datetime.now(UTC), about=about)
