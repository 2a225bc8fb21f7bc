"""One judging: claimed, graded, recorded.

claim ──> grade ──> verdict                   finished
   │        ├─────> judge_error, an exception  tried again soon; the last of MAX_ATTEMPTS is final
   │        ├─────> SandboxFault               tried again later each time, for as long as it takes
   │        └─────> JobStopped                 its sender stopped it: the store has that already
   └─ its last worker was lost: all other slots are emptied first (see judge.store.retries)
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, ParamSpec

import structlog

from judge.errors import BoxKilled, HostShortage, JobStopped, SandboxFault, StoreFault
from judge.grading.reference_queue import ReferencePending
from judge.report import Report
from judge.store import retries
from judge.store.queue import Done, Outcome, RetryLater
from judge.store.records import MAX_ATTEMPTS, ClaimedJudging
from judge.store.store import Store
from judge.verdict import CaseResult, Verdict
from judge.worker import metrics
from judge.worker.grader import SubmissionGrader
from judge.worker.slots import Slots
from judge.worker.stop_watch import stop_watch

PROGRESS_SECONDS = 0.1  # cases that end within this time are published together
RETRY_SECONDS = 1.0  # after an error that the judge reported; doubled for the next attempt
ALONE_SECONDS = 1.0  # until a judging that needs all slots is tried again, where another one has them
DOUBTS = 3  # faults in a row, without a verdict between, after which a worker tests itself
STORE_RETRY_SECONDS = 0.5  # while the database is away
MESSAGE_CHARACTERS = 200  # of a case's message in a notification

Args = ParamSpec("Args")

log = structlog.stdlib.get_logger(__name__)


class Judging:
    """Judges what the queue brings, in the slots of one worker; `doubt` is set when that fails again and again."""

    def __init__(self, store: Store, slots: Slots, grader: SubmissionGrader, worker: str) -> None:
        self._store = store
        self._slots = slots
        self._grader = grader
        self._worker = worker
        self._faults_in_a_row = 0
        self.doubt = asyncio.Event()

    async def judge(self, judging_id: str) -> Outcome:
        """Judge one judging, unless it has its verdict or was cancelled."""
        async with self._slots.lend() as slot:
            claimed = await self._store.judgings.claim(judging_id, self._worker)
            if claimed is None:
                return Done()
            if not claimed.alone:
                return await self._judge(claimed, slot)
        return await self._judge_alone(claimed)

    async def _judge_alone(self, claimed: ClaimedJudging) -> Outcome:
        """Judge a submission that may have ended its last worker, while nothing else runs that would be lost too."""
        if self._slots.reserved:
            return await self._release(claimed, retries.WORKER_LOST, after=ALONE_SECONDS)
        try:
            async with self._slots.lend_all() as slot:
                start_alone = self._store.judgings.start_alone
                if await self._write_with_retries(start_alone, claimed.judging_id, self._worker):
                    return await self._judge(claimed, slot)
                return Done()
        except asyncio.CancelledError:  # before it began: else it is released already, and this changes nothing
            await asyncio.shield(self._release(claimed, retries.WORKER_LOST))
            raise

    async def _judge(self, claimed: ClaimedJudging, slot: int) -> Outcome:
        with structlog.contextvars.bound_contextvars(submission=claimed.submission_id, judging=claimed.judging_id):
            try:
                report = await self._grade(claimed, slot)
            except asyncio.CancelledError:
                log.info("released: the worker stops")
                await asyncio.shield(self._release(claimed, "the worker was stopped"))
                raise
            except ReferencePending as pending:  # others may have the slot meanwhile
                log.info("waits for the reference", seed=claimed.seed, again_s=round(pending.seconds, 1))
                return await self._release(claimed, str(pending), after=pending.seconds)
            except JobStopped:
                log.info("stopped by its sender")
                metrics.STOPPED.inc()
                return Done()
            except SandboxFault as fault:
                return await self._postpone(claimed, fault)
            return await self._record(claimed, report)

    async def _grade(self, claimed: ClaimedJudging, slot: int) -> Report:
        log.info(
            "judging", problem=claimed.submission.problem, attempt=claimed.attempt, waited_s=round(claimed.waited, 3)
        )
        metrics.QUEUED_SECONDS.observe(claimed.waited)
        began = time.monotonic()
        progress = _Progress(self._store, claimed.judging_id, claimed.attempt)
        try:
            async with stop_watch(self._store, claimed.judging_id) as halt:
                report = await self._slots.run(
                    slot,
                    lambda: self._grader.grade(
                        claimed.submission,
                        slot=slot,
                        seed=claimed.seed,
                        samples_only=claimed.samples_only,
                        own_input=claimed.own_input,
                        on_case=progress.on_case,
                        halt=halt,
                    ),
                )
        except (SandboxFault, ReferencePending, JobStopped):
            raise
        except Exception as error:  # a bug: the submission must not pay for it
            log.exception("the grader failed")
            message = f"{type(error).__name__}: {error}"
            report = Report.judge_failed(claimed.submission.problem, message)
        finally:
            progress.stop()
        metrics.JUDGING_SECONDS.labels(report.lane).observe(time.monotonic() - began)
        return replace(report, provenance=replace(report.provenance, worker=self._worker))

    async def _record(self, claimed: ClaimedJudging, report: Report) -> Outcome:
        """Store the verdict; release the judging if that is a judge error and an attempt is left."""
        if report.verdict is Verdict.JUDGE_ERROR:
            metrics.FAILED_ATTEMPTS.inc()
            attempt = claimed.attempt - claimed.faults
            if attempt < MAX_ATTEMPTS:
                log.warning("judge error; another attempt follows", attempt=attempt, reason=report.message)
                seconds = RETRY_SECONDS * 2 ** (attempt - 1) * random.uniform(1.0, 1.5)  # noqa: S311 - no secret
                return await self._release(claimed, report.message, counted=True, after=seconds)
            log.error("judge error; no attempt is left", reason=report.message)
        self._faults_in_a_row = 0
        won = await self._write_with_retries(self._store.judgings.finish, claimed.judging_id, report.to_json())
        if won:
            metrics.VERDICTS.labels(report.verdict, report.lane).inc()
        log.info("judged", verdict=str(report.verdict), lane=report.lane, time_ms=report.time_ms, first=won)
        return Done()

    async def _postpone(self, claimed: ClaimedJudging, fault: SandboxFault) -> RetryLater:
        """Release a judging that the judge or its host failed."""
        kind = "box_killed" if isinstance(fault, BoxKilled) else "sandbox"
        kind = "host_shortage" if isinstance(fault, HostShortage) else kind
        metrics.count_fault(kind)
        self._faults_in_a_row += 1
        if self._faults_in_a_row >= DOUBTS:
            self._faults_in_a_row = 0
            self.doubt.set()
        seconds = retries.pause(claimed.faults + 1)
        log.warning("the judge failed; tried again", kind=kind, in_s=round(seconds, 1), reason=str(fault))
        return await self._release(claimed, str(fault), fault=True, after=seconds)

    async def _release(
        self, claimed: ClaimedJudging, reason: str, *, counted: bool = False, fault: bool = False, after: float = 0.0
    ) -> RetryLater:
        """Put a judging back into the queue for `after` seconds; see Judgings.release."""
        release = self._store.judgings.release
        await self._write_with_retries(
            release, claimed.judging_id, self._worker, reason, counted=counted, fault=fault, after=after
        )
        return RetryLater(seconds=after)

    async def _write_with_retries(
        self, write: Callable[Args, Awaitable[bool]], *args: Args.args, **kwargs: Args.kwargs
    ) -> bool:
        """Write to the store, again and again while the database is away: the work for a verdict must not be lost."""
        while True:
            try:
                return await write(*args, **kwargs)
            except StoreFault as fault:
                log.warning("not stored yet", why=str(fault))
                await asyncio.sleep(STORE_RETRY_SECONDS)


class _Progress:
    """Publishes cases as they end, a few at a time. These are hints: one that can't be sent is dropped."""

    def __init__(self, store: Store, judging_id: str, attempt: int) -> None:
        self._store = store
        self._judging_id = judging_id
        self._attempt = attempt
        self._loop = asyncio.get_running_loop()
        self._count = 0
        self._pending: list[dict[str, Any]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def on_case(self, case: CaseResult) -> None:
        """Add a case; called on the slot's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._add, case)

    def stop(self) -> None:
        """Publish nothing more: the verdict is about to be stored, and it has all the cases."""
        self._stopped = True
        if self._timer:
            self._timer.cancel()

    def _add(self, case: CaseResult) -> None:
        self._count += 1
        self._pending.append(
            {
                "number": self._count,
                "name": case.name,
                "group": case.group,
                "verdict": str(case.verdict),
                "message": case.message[:MESSAGE_CHARACTERS],
                "time_ms": case.time_ms,
            }
        )
        if self._timer is None and not self._stopped:
            self._timer = self._loop.call_later(PROGRESS_SECONDS, self._flush)

    def _flush(self) -> None:
        self._timer = None
        cases, self._pending = self._pending, []
        task = asyncio.create_task(self._publish(cases))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _publish(self, cases: list[dict[str, Any]]) -> None:
        try:
            await self._store.judgings.publish_cases(self._judging_id, self._attempt, cases)
        except StoreFault as fault:
            log.debug("progress not published", why=str(fault))
