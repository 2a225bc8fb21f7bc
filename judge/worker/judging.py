"""One judging: claimed, graded, recorded.

claim ──> grade ──> verdict                   finished
   │        ├─────> judge_error, an exception  tried again soon; the last of MAX_ATTEMPTS is final
   │        └─────> SandboxFault               tried again later each time, for as long as it takes
   └─ its last worker was lost: all other slots are emptied first (see judge.store.retries)
"""

import asyncio
import random
import time
from dataclasses import replace
from typing import Any

import structlog

from judge.errors import BoxKilled, HostShortage, SandboxFault, StoreFault
from judge.grading.reference_queue import ReferencePending
from judge.store import retries
from judge.store.notifications import Notification
from judge.store.queue import RetryLater
from judge.store.records import MAX_ATTEMPTS, ClaimedJudging
from judge.store.store import Store
from judge.verdict import CaseResult, Report, Verdict
from judge.worker import metrics
from judge.worker.grader import SubmissionGrader
from judge.worker.slots import Slots

PROGRESS_SECONDS = 0.1  # cases that end within this time are told together
RETRY_SECONDS = 1.0  # after an error that the judge reported; doubled for the next attempt
ALONE_SECONDS = 1.0  # until a judging that needs all slots asks again, where another one has them
DOUBTS = 3  # faults in a row, without a verdict between, after which a worker looks at its canary
STORE_RETRY_SECONDS = 0.5  # while the database is away
MESSAGE_CHARACTERS = 200  # of a case's message in a note

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

    async def judge(self, judging_id: str) -> None:
        """Judge one judging, if it still wants judging. Raises Again when the judge itself failed."""
        async with self._slots.lend() as slot:
            work = await self._store.claim(judging_id, self._worker)
            if work is None:
                return
            if not work.alone:
                await self._judge(work, slot)
                return
        await self._judge_alone(work)

    async def _judge_alone(self, work: ClaimedJudging) -> None:
        """Judge what may have ended its last worker, while nothing runs that it could take along."""
        if self._slots.reserved:
            await self._release(work, retries.WORKER_LOST, counted=False, after=ALONE_SECONDS)
            raise RetryLater(ALONE_SECONDS)
        try:
            async with self._slots.lend_all() as slot:
                if await self._insist(self._store.start_alone, work.judging_id, self._worker):
                    await self._judge(work, slot)
        except asyncio.CancelledError:  # before it began: else it is handed back already, and this finds nothing
            await asyncio.shield(self._release(work, retries.WORKER_LOST, counted=False))
            raise

    async def _judge(self, work: ClaimedJudging, slot: int) -> None:
        with structlog.contextvars.bound_contextvars(submission=work.submission_id, judging=work.judging_id):
            try:
                report = await self._grade(work, slot)
            except asyncio.CancelledError:
                log.info("handed back: the worker stops")
                await asyncio.shield(self._release(work, "the worker was stopped", counted=False))
                raise
            except ReferencePending as pending:  # the slot is for somebody else meanwhile
                log.info("waits for the reference", seed=work.seed, again_s=round(pending.seconds, 1))
                await self._release(work, str(pending), counted=False, after=pending.seconds)
                raise RetryLater(pending.seconds) from None
            except SandboxFault as fault:
                await self._put_off(work, fault)
            else:
                await self._record(work, report)

    async def _grade(self, work: ClaimedJudging, slot: int) -> Report:
        log.info("judging", problem=work.submission.problem, attempt=work.attempt, waited_s=round(work.waited, 3))
        metrics.QUEUED_SECONDS.observe(work.waited)
        began = time.monotonic()
        progress = _Progress(self._store, work.judging_id, work.attempt)
        try:
            report = await self._slots.run(
                slot,
                lambda: self._grader.grade(
                    work.submission,
                    slot=slot,
                    seed=work.seed,
                    samples_only=work.samples_only,
                    on_case=progress.on_case,
                ),
            )
        except (SandboxFault, ReferencePending):
            raise
        except Exception as error:  # a bug: the submission must not pay for it
            log.exception("the grader failed")
            message = f"{type(error).__name__}: {error}"
            report = Report(problem=work.submission.problem, verdict=Verdict.JUDGE_ERROR, message=message)
        finally:
            progress.stop()
        metrics.JUDGING_SECONDS.labels(report.lane).observe(time.monotonic() - began)
        return replace(report, provenance=replace(report.provenance, worker=self._worker))

    async def _record(self, work: ClaimedJudging, report: Report) -> None:
        if report.verdict is Verdict.JUDGE_ERROR:
            metrics.FAILED_ATTEMPTS.inc()
            attempt = work.attempt - work.faults
            if attempt < MAX_ATTEMPTS:
                log.warning("judge error; another attempt follows", attempt=attempt, reason=report.message)
                seconds = RETRY_SECONDS * 2 ** (attempt - 1) * random.uniform(1.0, 1.5)  # noqa: S311 - no secret
                await self._release(work, report.message, counted=True, after=seconds)
                raise RetryLater(seconds)
            log.error("judge error; no attempt is left", reason=report.message)
        self._faults_in_a_row = 0
        won = await self._insist(self._store.finish, work.judging_id, report.to_json())
        if won:
            metrics.VERDICTS.labels(report.verdict, report.lane).inc()
        log.info("judged", verdict=str(report.verdict), lane=report.lane, time_ms=report.time_ms, first=won)

    async def _put_off(self, work: ClaimedJudging, fault: SandboxFault) -> None:
        """Queue a judging again that the judge or its host failed. Raises Again."""
        kind = "box_killed" if isinstance(fault, BoxKilled) else "sandbox"
        kind = "host_shortage" if isinstance(fault, HostShortage) else kind
        metrics.count_fault(kind)
        self._faults_in_a_row += 1
        if self._faults_in_a_row >= DOUBTS:
            self._faults_in_a_row = 0
            self.doubt.set()
        seconds = retries.pause(work.faults + 1)
        log.warning("the judge failed; tried again", kind=kind, in_s=round(seconds, 1), reason=str(fault))
        await self._release(work, str(fault), counted=False, fault=True, after=seconds)
        raise RetryLater(seconds)

    async def _release(self, work: ClaimedJudging, reason: str, **how: Any) -> None:
        await self._insist(self._store.release, work.judging_id, self._worker, reason, **how)

    async def _insist(self, write: Any, *args: Any, **kwargs: Any) -> bool:
        """Try until the database is back: a verdict that was worked for is worth waiting for."""
        while True:
            try:
                return bool(await write(*args, **kwargs))
            except StoreFault as fault:
                log.warning("not stored yet", why=str(fault))
                await asyncio.sleep(STORE_RETRY_SECONDS)


class _Progress:
    """Tells of cases as they end, a few at a time; news is a hint, so trouble with it is no trouble."""

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
        """Hear of a case, on the slot's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._add, case)

    def stop(self) -> None:
        """Tell nothing more: the verdict is about to be stored, and it has all the cases."""
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
        note = Notification(kind="cases", judging_id=self._judging_id, data={"attempt": self._attempt, "cases": cases})
        task = asyncio.create_task(self._tell(note))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self, note: Notification) -> None:
        try:
            await self._store.notify(note)
        except StoreFault as fault:
            log.debug("progress not told", why=str(fault))
