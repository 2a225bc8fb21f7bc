"""A worker as it runs, inside `judge serve` or alone: slots, canary, presence, work.

          canary fails                    canary lives
starting ─────────────> sick <──────────────────────────> healthy ──> stopping
                        takes no work                     takes work
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

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

SICK_SECONDS = 15.0  # between two looks at a canary that did not live
CHECKUP_TRIES = 3  # of a canary whose box failed, which may have been killed
CHECKUP_PAUSE_SECONDS = 1.0

log = structlog.stdlib.get_logger(__name__)


class Worker:
    """Judges with `concurrency` slots until its `run` is cancelled."""

    def __init__(
        self, store: Store, settings: Settings, catalog: Catalog, make_grader: MakeGrader, concurrency: int
    ) -> None:
        self._store = store
        self._settings = settings
        self._catalog = catalog
        self._make_grader = make_grader
        self._canary = Canary(catalog)
        self._slots = Slots(concurrency)
        self._healthy = asyncio.Event()
        self._sick = asyncio.Event()
        self._changed = asyncio.Event()
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
        """Work until cancelled; then finish what is being judged, or hand it back."""
        log.info("worker starts", worker=self.row.id, slots=self._slots.count)
        beating = asyncio.create_task(self._beat(), name="presence")
        grader = None
        try:
            grader = await self._slots.run(0, self._start_grader)
            async with asyncio.TaskGroup() as together:
                judging = Judging(self._store, self._slots, grader, self.row.id)
                together.create_task(self._watch(grader, judging.doubt), name="canary")
                together.create_task(self._work(judging), name="work")
                together.create_task(self._tell_answers(grader), name="answers")
        finally:
            self.row = replace(self.row, state="stopping")
            metrics.CANARY.set(0)
            if grader is not None and not self._slots.busy:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._slots.run(0, grader.close), self._settings.stop_seconds)
            self._slots.close()
            beating.cancel()
            with contextlib.suppress(StoreFault):
                await self._store.forget_workers(self.row.id)
            log.info("worker stopped", worker=self.row.id)

    def _start_grader(self) -> SubmissionGrader:
        return self._make_grader(self._catalog, self._settings.cache_dir, self._slots.count)

    async def _work(self, judging: Judging) -> None:
        """Take work whenever the canary lives."""
        while True:
            await self._healthy.wait()
            queue = self._store.queue
            working = queue.work(judging.judge, self._slots.count, self._settings.stop_seconds)
            async with _cancelled_after(asyncio.create_task(working, name="work")) as task:
                sick = asyncio.create_task(self._sick.wait(), name="sick")
                async with _cancelled_after(sick):
                    try:
                        await asyncio.wait({task, sick}, return_when=asyncio.FIRST_COMPLETED)
                    except asyncio.CancelledError:
                        self.row = replace(self.row, state="stopping")  # whoever kills it from now on had a reason
                        self._changed.set()
                        raise
                if task.done():
                    task.result()

    # --- canary

    async def _watch(self, grader: SubmissionGrader, doubt: asyncio.Event) -> None:
        checkups = [self._checkup(grader) for _ in range(self._slots.count)]  # every slot, before anything is taken
        self._note(list(await asyncio.gather(*checkups)))
        while True:
            if self._healthy.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(doubt.wait(), self._settings.canary_seconds)
            else:
                await asyncio.sleep(SICK_SECONDS)
            doubt.clear()
            self._note([await self._checkup(grader)])

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

    async def _tell_answers(self, grader: SubmissionGrader) -> None:
        """Have the expected values of all samples in the store, for who shows them and runs nothing."""
        while True:
            await self._healthy.wait()
            pause = self._settings.canary_seconds
            for problem in self._catalog.problems():
                try:
                    await self._tell_answer(grader, problem)
                except ReferencePending as pending:
                    pause = min(pause, pending.seconds)
                except Exception as error:  # no reason to stop judging: its canary, or a submission, says so louder
                    log.warning("no expected values", problem=problem.slug, why=str(error))
            await asyncio.sleep(pause)

    async def _tell_answer(self, grader: SubmissionGrader, problem: Problem) -> None:
        if await self._store.sample_answers(problem.digest) is None:
            async with self._slots.lend() as slot:
                found = await self._slots.run(slot, partial(grader.sample_answers, problem.slug, slot=slot))
            await self._store.keep_sample_answers(problem.digest, found)

    def _note(self, checkups: list[Checkup]) -> None:
        fault = next((checkup.fault for checkup in checkups if checkup.fault), "")
        about = next((checkup.about for checkup in checkups if checkup.about), dict(self.row.about))
        if fault:
            log.error("the canary died: taking no work", worker=self.row.id, why=fault)
            self._healthy.clear()
            self._sick.set()
        else:
            if not self._healthy.is_set():
                log.info("the canary lives: taking work", worker=self.row.id)
            self._sick.clear()
            self._healthy.set()
        metrics.CANARY.set(0 if fault else 1)
        state = "sick" if fault else "healthy"
        self.row = replace(self.row, state=state, reason=fault, canary_at=datetime.now(UTC), about=about)
        self._changed.set()

    # --- presence

    async def _beat(self) -> None:
        """Describe this worker in the store, on every change and every heartbeat."""
        while True:
            self._changed.clear()
            busy = self._slots.busy
            metrics.SLOTS.labels("busy").set(busy)
            metrics.SLOTS.labels("free").set(self._slots.count - busy)
            self.row = replace(self.row, busy=busy)
            try:
                await self._store.describe_worker(self.row)
            except StoreFault as fault:
                log.warning("no heartbeat", why=str(fault))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), self._settings.heartbeat_seconds)


@contextlib.asynccontextmanager
async def _cancelled_after(task: "asyncio.Task[object]") -> AsyncIterator["asyncio.Task[object]"]:
    """The task, cancelled and awaited when the block ends."""
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
