"""The fast lane: forks of a hot zygote, where JAX's backend runs and the usual programs of one problem lie compiled.

Its answer counts only when the submission ran to its end there. Whatever else happens (a program that the warm-up does
not hold, no progress, a crash, a limit, anything in judge.inside.fallback_guard), the full lane runs the submission
afresh, and that answer counts: the fast lane can make no verdict wrong, only sooner.
"""

import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import BinaryIO, TypeAlias

import numpy as np

from judge.errors import SandboxFault
from judge.inside.messages import WarmUpRequest
from judge.inside.trees import to_frame
from judge.sandbox.box import Ending, Job, Outcome, ReplyReader, WarmUp
from judge.sandbox.full_lane import Child, Slot
from judge.sandbox.program_packs import Packs
from judge.sandbox.zygote_client import Zygote, ZygoteConnection

FAST_CPU_SECONDS = 1.5  # many times a solution's need; whoever needs more has time for the full lane
JOBS_PER_ZYGOTE = 5000  # then a fresh one takes its place
Start: TypeAlias = Callable[[Mapping[str, int]], Future[Zygote]]  # from the pool's keeper thread


class HotZygote:
    """One problem's hot zygote, from its start in the background to its end."""

    def __init__(self, warm_up: WarmUp, start: Start, packs: Packs, turn: threading.Semaphore) -> None:
        """Start it when `turn` allows, and return at once; `ready` waits until it can be used."""
        self.warm_up = warm_up
        self.failure = ""
        self.jobs = 0
        self._packs = packs
        self._closed = False
        self._done = threading.Event()
        self._zygote: Zygote | None = None
        self._thread = threading.Thread(target=self._begin, args=(start, turn), name="hot-zygote", daemon=True)
        self._thread.start()

    def ready(self, seconds: float = 0.0) -> Zygote | None:
        """Return the zygote once its warm-up is done, waiting at most `seconds`; None before, and after a failure."""
        self._done.wait(seconds)
        zygote = self._zygote if self._done.is_set() and not self.failure else None
        return zygote if zygote and zygote.alive() else None

    @property
    def starting(self) -> bool:
        """Return True while its warm-up runs."""
        return not self._done.is_set()

    @property
    def needs_replacement(self) -> bool:
        """Return True if another should take its place: it has ended, or is old."""
        return self._done.is_set() and not self.failure and (self.ready() is None or self.jobs >= JOBS_PER_ZYGOTE)

    def close(self) -> None:
        """End the zygote; a warm-up that waits for its turn never starts."""
        self._closed = True
        if self._zygote is not None:
            self._zygote.close()

    def _begin(self, start: Start, turn: threading.Semaphore) -> None:
        with turn:
            try:
                if not self._closed:
                    self._warm(start)
            except (SandboxFault, OSError) as error:  # OSError where the host has no process or descriptor left
                self.failure = str(error)
            finally:
                self._done.set()
        if self._closed:
            self.close()

    def _warm(self, start: Start) -> None:
        package = self.warm_up.package
        with self._packs.fresh(package) as fresh, self._packs.open(package) as pack, frame_of(self.warm_up) as frame:
            files = {"warmup": frame.fileno(), "fresh": fresh}
            self._zygote = start(files | ({"pack": pack} if pack is not None else {})).result()
            failure = self._zygote.wait().failure
            if failure:
                self.failure = f"the warm-up failed: {failure.type_name}: {failure.message}"
                self._zygote.close()


class FastBox:
    """One slot's access to one hot zygote: from its first job on, a child gets ready there for the next."""

    def __init__(self, zygote: Zygote, slot: Slot) -> None:
        """Raises SandboxFault where the zygote is gone."""
        self._slot = slot
        self.zygote = zygote
        self._line: ZygoteConnection = zygote.line()
        self._waiting: Child | None = None

    def run(self, job: Job, reader: ReplyReader | None = None) -> tuple[Outcome | None, str]:
        """Return (outcome, "") if the submission ran to its end, (None, reason) otherwise. Raises SandboxFault."""
        seconds = min(job.limits.cpu_seconds, FAST_CPU_SECONDS)
        job = replace(job, limits=replace(job.limits, cpu_seconds=seconds))
        child = self._child(job)
        with suppress(SandboxFault):  # a zygote that has ended fails this job, too
            self._waiting = Child(self._line, self._slot, job)  # it copies its memory while this job runs
        outcome = child.run(job, reader, fast=True)
        why = _doubt(outcome)
        return (None, why) if why else (replace(outcome, lane="fast"), "")

    def close(self) -> None:
        """Hang up on the zygote."""
        self.release_child()
        self._line.close()

    def release_child(self) -> None:
        """End the child that waits, where its memory is needed for something else."""
        if self._waiting is not None:
            with suppress(SandboxFault):
                self._waiting.kill()
            self._waiting = None

    def _child(self, job: Job) -> Child:
        if self._waiting is not None and not self._waiting.fits(job):
            self.release_child()
        child, self._waiting = self._waiting, None
        return child or Child(self._line, self._slot, job)


def _doubt(outcome: Outcome) -> str:
    """Return the reason why an outcome of the fast lane does not count; empty if it does."""
    if outcome.ending is Ending.HANDED_OVER:
        return outcome.detail
    stands = outcome.ending in (Ending.FINISHED, Ending.NOT_LOADED, Ending.RAISED_AT_LOAD)
    return "" if stands else f"it ended in the fast lane: {outcome.ending.value.replace('_', ' ')}"


def frame_of(warm_up: WarmUp) -> BinaryIO:
    """Return a file in memory that holds the request for a warm-up; the caller closes it."""
    file = os.fdopen(os.memfd_create("warm-up"), "w+b")
    file.write(
        to_frame(
            WarmUpRequest(
                source=np.frombuffer(warm_up.source.encode(), np.uint8),
                entry=warm_up.entry,
                usual=warm_up.usual,
                jitted=warm_up.jitted,
                calls=tuple(warm_up.calls),
                facts=tuple(warm_up.facts),
                parameters=tuple(warm_up.parameters),
                result_bytes=warm_up.result_bytes,
                light=warm_up.light,
            )
        )
    )
    file.seek(0)
    return file
