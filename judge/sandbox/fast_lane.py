"""The fast lane: forks of a hot zygote, where JAX's backend runs and the usual programs of one problem lie compiled.

Its outcome counts only when the submission ran to its end there. Whatever else happens (a program that is not
precompiled, no progress, a crash, a limit, anything in judge.inside.fallback_guard), the full lane runs the submission
afresh, and that outcome counts: the fast lane can't make a verdict wrong, only sooner.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import BinaryIO, TypeAlias, cast

from judge.errors import SandboxFault
from judge.inside import messages, protocol, wire
from judge.reasons import Handover
from judge.sandbox import handovers
from judge.sandbox.box import Ending, Job, Outcome, ReplyReader, WarmUp
from judge.sandbox.compile_service import CompileService
from judge.sandbox.full_lane import Child, Slot, ended_without_answer
from judge.sandbox.program_packs import PackKind, Packs
from judge.sandbox.warm_up_steps import Steps
from judge.sandbox.zygote_client import Zygote
from judge.sandbox.zygote_connection import ZygoteConnection

FAST_CPU_SECONDS = 1.5  # many times what solutions need; one that needs more has time for the full lane
BUILD_SECONDS = 1800.0  # of usual operations, on a busy host
RETRY_SECONDS = 30.0  # after a start that failed for a reason of the judge or its host
PAUSE_SECONDS = 1.0  # without a job, before a problem that nobody asked for warms up
JOBS_PER_ZYGOTE = 5000  # then a fresh one takes its place
_FINAL = frozenset({Ending.FINISHED, Ending.NOT_LOADED, Ending.RAISED_AT_LOAD})
Fork: TypeAlias = Callable[[Mapping[str, int]], Zygote]  # from the full lane's zygote, which has JAX imported


class Turns:
    """Give one problem at a time its turn to warm up, since each takes a processor for seconds.

    A problem that a job asks for is next, and at once, beside one that nobody asked for; those wait until no job
    has run for PAUSE_SECONDS: the next one, of another problem, may be about to come.

    `operations` is the turn of usual operations, with a processor that nobody wants; None where nobody compiles them.
    """

    def __init__(self, operations: bool) -> None:
        self.operations = threading.Semaphore(1) if operations else None
        self._changed = threading.Condition()
        self._waiting: list[str] = []  # packages, the next one first
        self._wanted: set[str] = set()  # by jobs
        self._jobs = 0
        self._quiet_at = 0.0  # monotonic clock
        self._busy: list[bool] = []  # for each warm-up that runs: whether a job asked for it

    @contextmanager
    def warm_up(self, package: str) -> Iterator[None]:
        """Wait for the turn of `package`, and have it during the block."""
        with self._changed:
            self._waiting.append(package)
            while not self._may_begin(package):
                pause = self._quiet_at - time.monotonic()
                self._changed.wait(pause if pause > 0 else None)
            self._waiting.remove(package)
            wanted = package in self._wanted
            self._wanted.discard(package)
            self._busy.append(wanted)
        try:
            yield
        finally:
            with self._changed:
                self._busy.remove(wanted)
                self._changed.notify_all()

    @contextmanager
    def job(self) -> Iterator[None]:
        """Begin no warm-up that nobody asked for during the block."""
        with self._changed:
            self._jobs += 1
        try:
            yield
        finally:
            with self._changed:
                self._jobs -= 1
                self._quiet_at = time.monotonic() + PAUSE_SECONDS
                self._changed.notify_all()

    def hurry(self, package: str) -> None:
        """Let `package` have the next turn, if it waits for one."""
        with self._changed:
            if package in self._waiting:
                self._waiting.remove(package)
                self._waiting.insert(0, package)
                self._wanted.add(package)
                self._changed.notify_all()

    def end(self) -> None:
        """Let all who wait go on: they find that the pool is closed."""
        with self._changed:
            self._wanted.update(self._waiting)
            self._changed.notify_all()

    def _may_begin(self, package: str) -> bool:
        if self._waiting[0] != package:
            return False
        if package in self._wanted:
            return True not in self._busy
        return not self._busy and not self._jobs and time.monotonic() >= self._quiet_at


class HotZygote:
    """One problem's hot zygote, from its start in the background to its end."""

    def __init__(self, warm_up: WarmUp, fork: Fork, packs: Packs, turns: Turns) -> None:
        """Start it when its turn comes, and return at once; `ready` says when it can be used."""
        self.warm_up = warm_up
        self.failure = ""
        self.jobs = 0
        self._packs = packs
        self._closed = False
        self._begun, self._done, self._complete = threading.Event(), threading.Event(), threading.Event()
        self._zygote: Zygote | None = None
        self._builder: Zygote | None = None
        self._retry_at: float | None = None  # monotonic clock
        self._steps = Steps()
        self._thread = threading.Thread(target=self._begin, args=(fork, turns), name="hot-zygote", daemon=True)
        self._thread.start()

    def ready(self, seconds: float = 0.0) -> Zygote | None:
        """Return the zygote once its warm-up is done, after at most `seconds`; None before, and after a failure."""
        self._done.wait(seconds)
        zygote = self._zygote if self._done.is_set() and not self.failure else None
        return zygote if zygote and zygote.alive() else None

    def complete(self, seconds: float) -> bool:
        """Wait at most `seconds` until usual operations are compiled too; return whether they are, or can't be."""
        return self._complete.wait(seconds)

    def begun(self, seconds: float) -> bool:
        """Wait at most `seconds` for its turn; return whether it came."""
        return self._begun.wait(seconds)

    @property
    def steps(self) -> tuple[int, int]:
        """Return how many calls of its warm-up are done, and of how many; (0, 0) before it has begun."""
        return self._steps.read()

    @property
    def starting(self) -> bool:
        """Return True while its warm-up runs."""
        return not self._done.is_set()

    @property
    def needs_replacement(self) -> bool:
        """Return True if another should take its place: it is dead, old, or failed for a reason that may be over."""
        if self._retry_at is not None and time.monotonic() >= self._retry_at:
            return True
        return self._done.is_set() and not self.failure and (self.ready() is None or self.jobs >= JOBS_PER_ZYGOTE)

    def close(self) -> None:
        """End it; a warm-up that waits for its turn never starts."""
        self._closed = True
        for zygote in (self._builder, self._zygote):
            if zygote is not None:
                zygote.close()

    def _begin(self, fork: Fork, turns: Turns) -> None:
        with turns.warm_up(self.warm_up.package):
            self._begun.set()
            try:
                if not self._closed:
                    self._warm(fork)
            except (SandboxFault, OSError) as error:  # the latter where the host lacks a process or a descriptor
                self.failure = str(error)
                self._retry_at = time.monotonic() + RETRY_SECONDS
            finally:
                self._done.set()
                self._steps.close()
        if not self.failure:
            with suppress(SandboxFault, OSError):  # the lane goes on without
                self._add_operations(fork, turns)
        self._complete.set()
        if self._closed:
            self.close()

    def _warm(self, fork: Fork) -> None:
        package = self.warm_up.package
        with self._packs.fresh(package) as fresh, self._packs.open(package) as pack, frame_of(self.warm_up) as frame:
            files = {"warmup": frame.fileno(), "fresh": fresh, "progress": self._steps.descriptor}
            self._zygote = fork(files | ({"pack": pack} if pack is not None else {}))
            warm_up = self._zygote.wait().warm_up
            if warm_up is None or warm_up.failure is not None:
                raised = warm_up.failure if warm_up else None
                self.failure = f"the warm-up failed: {raised.type}: {raised.message}" if raised else "no warm-up ran"
                self._zygote.close()

    def _add_operations(self, fork: Fork, turns: Turns) -> None:
        """Give the zygote the programs of usual operations, once they are compiled, which takes half a minute."""
        package, kind = self.warm_up.package, PackKind.OPERATIONS
        if turns.operations is not None and not self._packs.has(package, kind):
            with turns.operations:
                if not self._closed:
                    self._build(fork, package)
        with self._packs.open(package, kind) as pack:
            if pack is not None and self._zygote is not None:
                self._zygote.add_programs(pack)

    def _build(self, fork: Fork, package: str) -> None:
        with (
            self._packs.open(package) as pack,
            self._packs.fresh(package, PackKind.OPERATIONS) as fresh,
            frame_of(self.warm_up) as frame,
        ):
            if pack is None:
                return
            files = {"warmup": frame.fileno(), "pack": pack, "operations": fresh}
            self._builder = builder = fork(files)
            if self._closed:
                builder.close()
            builder.wait(BUILD_SECONDS)
            builder.close()


class FastBox:
    """One slot's way into one hot zygote: from its first job on a child gets ready there for the next."""

    def __init__(self, zygote: Zygote, slot: Slot) -> None:
        """Connect to the zygote. Raises SandboxFault where it has ended."""
        self._slot = slot
        self.zygote = zygote
        self._connection: ZygoteConnection = zygote.connect()
        self._waiting: Child | None = None

    def run(
        self, job: Job, reader: ReplyReader | None = None, service: CompileService | None = None
    ) -> tuple[Outcome | None, Handover | None]:
        """Run one job; return (outcome, None) if it ran to its end, (None, why not) otherwise. Raises SandboxFault.

        `service` compiles programs that the zygote does not have; without one, a job that needs such ends here.
        """
        seconds = min(job.limits.cpu_seconds, FAST_CPU_SECONDS)
        job = replace(job, limits=replace(job.limits, cpu_seconds=seconds))
        child = self._take_child(job)
        with suppress(SandboxFault):  # where the zygote is gone, this job raises too
            self._waiting = Child(self._connection, self._slot, job)  # it copies its memory while this job runs
        with ended_without_answer(self.zygote):
            outcome = child.run(job, reader, fast=True, service=service)
        reason = _fallback_reason(outcome)
        return (None, reason) if reason else (replace(outcome, lane="fast"), None)

    def close(self) -> None:
        """Close the connection to the zygote."""
        self.end_waiting_child()
        self._connection.close()

    def end_waiting_child(self) -> None:
        """End the child that waits: its memory is wanted elsewhere."""
        if self._waiting is not None:
            with suppress(SandboxFault):
                self._waiting.end()
            self._waiting = None

    def _take_child(self, job: Job) -> Child:
        if self._waiting is not None and not self._waiting.fits(job):
            self.end_waiting_child()
        child, self._waiting = self._waiting, None
        return child or Child(self._connection, self._slot, job)


def _fallback_reason(outcome: Outcome) -> Handover | None:
    """Return why an outcome of the fast lane does not count; None if it does."""
    if outcome.ending in _FINAL or outcome.ending is Ending.HANDED_OVER:
        return outcome.fallback_reason
    return handovers.by_ending(outcome.ending)


def frame_of(warm_up: WarmUp) -> BinaryIO:
    """Return a file in memory that holds a zygote's warm-up; the caller closes it."""
    file = os.fdopen(os.memfd_create("warm-up"), "w+b")
    message = messages.WarmUp(
        source=warm_up.source.encode(),
        entry=warm_up.entry,
        usual=warm_up.usual,
        jitted=warm_up.jitted,
        calls=cast("tuple[wire.Tree, ...]", warm_up.calls),
        facts=warm_up.facts,
        parameters=warm_up.parameters,
        result_bytes=warm_up.result_bytes,
        light=warm_up.light,
    )
    file.write(protocol.encode(message))
    file.seek(0)
    return file
