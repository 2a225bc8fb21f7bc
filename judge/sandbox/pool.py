"""Zygotes and the boxes in them: started before they are needed, started again when they exit.

Pool
├── starter           its thread starts every zygote (see judge.sandbox.zygote_starter)
├── full zygote       imported JAX, no backend; serves all slots and problems
├── hot zygotes       one a problem, the last used ones: warm programs in memory (see judge.sandbox.fast_lane)
├── box(slot)         one a slot, used from one thread at a time: fast lane first, full lane if that gives up
└── background        one more of these, for references: its jobs give way to those of the slots
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event

from judge.errors import SandboxFault
from judge.inside import syscalls
from judge.reasons import Handover
from judge.sandbox import handovers
from judge.sandbox.box import Job, Outcome, ReplyReader, WarmUp
from judge.sandbox.compile_service import CompileService
from judge.sandbox.fast_lane import FastBox, HotZygote, Turns
from judge.sandbox.full_lane import FullBox, Slot, fork_order
from judge.sandbox.host_shortage import control_job
from judge.sandbox.hot_zygotes import HotZygotes
from judge.sandbox.processor_affinity import cores_of
from judge.sandbox.program_packs import Packs
from judge.sandbox.reruns import run_undisturbed
from judge.sandbox.slot_users import SlotUsers, can_change
from judge.sandbox.zygote_client import Zygote, ZygoteConfig
from judge.sandbox.zygote_starter import FullZygote, ZygoteStarter

BACKGROUND_NICE = 15  # niceness of the background box
WAITING_FORKS = 4  # of a slot: one for each of the problems that it judged last, at 5 to 50 MiB of their own
TURN_SECONDS = 0.2  # for a warm-up that has the next turn: it comes at once, unless another one that is wanted runs
NEARLY_READY = 8.0  # times JAX's import: a warm-up that has begun ends long before, and before a full lane beside it


@dataclass(frozen=True, kw_only=True)
class PoolConfig:
    """The settings of a pool.

    `hidden` are files that no box may read, beside the judge's own code; `packs` is the folder of compiled programs,
    None for none; `runtime` names what those depend on; `fast` switches the fast lane; `operations` has usual
    operations compiled in the background where that was not done; `hot` is the most hot zygotes, 0 for as many as
    memory allows; `patience` is how many seconds a job waits for a problem's first pack, which the full lane has to do
    without; `pin` gives each slot one processor where it would have its share of all; `background` adds one box, beside
    those of the slots, whose jobs give way to theirs.
    """

    slots: int = 1
    hidden: Sequence[Path] = ()
    packs: Path | None = None
    runtime: str = "any"
    namespaces: bool = True
    fast: bool = True
    operations: bool = False
    hot: int = 0
    patience: float = 0.0
    pin: bool = False
    background: bool = False


class Pool:
    """All boxes of one process."""

    def __init__(self, config: PoolConfig) -> None:
        """Start the full zygote in the background, and return at once.

        From now on no other process of this user may look into this one: expected values lie in its memory.
        """
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
        self.config = config
        self.packs = Packs(config.packs, config.runtime) if config.packs else None
        self._users = SlotUsers()
        self._cores = cores_of(config.slots)
        self._closed = False
        self._lock = threading.Lock()
        self.turns = Turns(config.operations)
        self._starter = ZygoteStarter(ZygoteConfig(hidden=tuple(config.hidden), namespaces=config.namespaces))
        self._full = FullZygote(self._starter, self.packs)
        self.hot_zygotes = (
            HotZygotes(self._full.fork, self.packs, self.turns, config.hot) if config.fast and self.packs else None
        )
        self._boxes = [PooledBox(self, index) for index in range(config.slots + config.background)]

    def box(self, slot: int = 0) -> "PooledBox":
        """Return the box of `slot`."""
        return self._boxes[slot]

    @property
    def background(self) -> "PooledBox":
        """Return the box whose jobs give way to the slots', where the configuration asks for one."""
        return self._boxes[self.config.slots]

    def zygote(self) -> Zygote:
        """Return the full zygote, started anew if the last one ended. Raises SandboxFault."""
        return self._full.current()

    @property
    def imported(self) -> bool:
        """Return True once JAX is imported."""
        return self._full.imported

    def load_programs(self, package: str) -> None:
        """Give the full zygote the compiled programs of `package`, where there are any. Raises SandboxFault."""
        self._full.load_programs(package)

    def warm(self, warm_up: WarmUp) -> HotZygote | None:
        """Return the hot zygote of a package, started in the background if needed; None without a fast lane."""
        return self.hot_zygotes.warm(warm_up) if self.hot_zygotes else None

    def hot(self, package: str) -> HotZygote | None:
        """Return the hot zygote of `package`, where one was started and there is a place."""
        return self.hot_zygotes.of(package) if self.hot_zygotes else None

    def started(self, package: str) -> HotZygote | None:
        """Return the hot zygote of `package` that was started, as it is: unlike `hot`, this starts none."""
        return self.hot_zygotes.started(package) if self.hot_zygotes else None

    def patience(self, hot: HotZygote) -> float:
        """Return the seconds that a job waits for a zygote which is not ready; its warm-up has the next turn.

        Raises SandboxFault.
        """
        if not hot.starting:
            return 0.0
        self.turns.hurry(hot.warm_up.package)
        if self.packs is not None and not self.packs.has(hot.warm_up.package):
            return self.config.patience
        return NEARLY_READY * self.zygote().wait().load_ms / 1e3 if hot.begun(TURN_SECONDS) else 0.0

    def close(self) -> None:
        """End every process of the pool. Safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._starter.refuse()
        self.turns.end()
        for box in self._boxes:
            box.close()
        if self.hot_zygotes is not None:
            self.hot_zygotes.close()
        self._full.close()
        self._starter.close()
        self._users.close()  # their processes are gone

    def slot(self, index: int, zygote: Zygote) -> Slot:
        """Return the user, niceness and processors of slot `index`, for a child of `zygote`. Raises HostShortage."""
        uid = self._users.of(index) if can_change(zygote.wait()) else None
        if index >= self.config.slots:  # the background box: any processor that the slots leave
            return Slot(uid=uid, nice=BACKGROUND_NICE)
        every = sorted(os.sched_getaffinity(0))
        return Slot(uid=uid, cores=(every[index % len(every)],) if self.config.pin else self._cores[index])


class PooledBox:
    """The box of one slot: the same for every job, whatever became of zygotes in between."""

    def __init__(self, pool: Pool, index: int) -> None:
        self._pool, self._index = pool, index
        self._full: FullBox | None = None
        self._fast: dict[str, FastBox] = {}
        self._service: CompileService | None = None
        self._service_slot = Slot()
        self._halt: Event | None = None

    @contextmanager
    def halted_by(self, halt: Event) -> Iterator[None]:
        """Have every job that runs here during the block ended once `halt` is set."""
        self._halt = halt
        try:
            yield
        finally:
            self._halt = None

    def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
        """Run one job; see judge.sandbox.box.Box. A job that is killed, or whose zygote is, is run again."""
        job = replace(job, halt=self._halt or job.halt)
        with self._pool.turns.job():
            return self._run(job, reader)

    def _run(self, job: Job, reader: ReplyReader | None) -> Outcome:
        outcome, reason = self._run_fast(job, reader)
        if outcome is not None:
            return outcome
        control = partial(self._run_full, control_job(job.limits), None)
        outcome = run_undisturbed(partial(self._run_full, job, reader), job.limits.memory_mib, control)
        return replace(outcome, fallback_reason=reason)

    def close(self) -> None:
        """Close the connections to all zygotes."""
        for box in (self._full, *self._fast.values()):
            if box is not None:
                box.close()
        self._full, self._fast = None, {}
        self._close_service()

    def _run_fast(self, job: Job, reader: ReplyReader | None) -> tuple[Outcome | None, Handover | None]:
        hot = self._pool.hot(job.package) if job.package and not job.extra_functions else None
        if hot is None:
            return None, None
        try:
            zygote = hot.ready(self._pool.patience(hot))
        except SandboxFault as error:
            return None, handovers.by_fault(error)
        if zygote is None:
            return None, handovers.by_warm_up(hot.failure) if hot.failure else handovers.STARTING
        hot.jobs += 1
        try:
            return self._fast_box(job.package, zygote).run(job, reader, self._compile_service(job))
        except (SandboxFault, OSError) as error:  # the latter where the host lacks something: the full lane may do
            self._close_fast(job)
            return None, handovers.by_fault(error)
        except BaseException:
            self._close_fast(job)
            raise

    def _close_fast(self, job: Job) -> None:
        self._close_service()
        if (box := self._fast.pop(job.package, None)) is not None:
            box.close()

    def _fast_box(self, package: str, zygote: Zygote) -> FastBox:
        box = self._fast.pop(package, None)
        if box is None or box.zygote is not zygote:
            if box is not None:
                box.close()
            box = FastBox(zygote, self._pool.slot(self._index, zygote))
        self._fast[package] = box  # the last one used is last
        for other in list(self._fast)[:-WAITING_FORKS]:
            self._fast[other].end_waiting_child()
        return box

    def _compile_service(self, job: Job) -> CompileService | None:
        """Return a service that waits for a job with these limits; None where the full lane's zygote is not there."""
        try:
            zygote, service = self._pool.zygote(), self._service
            if service is None or not service.serves(zygote, fork_order(job, self._service_slot)):
                self._close_service()
                slot = self._service_slot = self._pool.slot(self._index, zygote)
                service = self._service = CompileService(zygote, fork_order(job, slot), slot.nice)
        except SandboxFault:
            return None
        return service

    def _close_service(self) -> None:
        if self._service is not None:
            self._service.close()
        self._service = None

    def _run_full(self, job: Job, reader: ReplyReader | None) -> Outcome:
        if job.package:
            self._pool.load_programs(job.package)
        for last in (False, True):
            try:
                if self._full is None:
                    zygote = self._pool.zygote()
                    self._full = FullBox(zygote, self._pool.slot(self._index, zygote))
                return self._full.run(job, reader)
            except BaseException as error:  # its next answer on this connection may be another job's
                box, self._full = self._full, None
                if box is not None:
                    box.close()
                if last or box is None or box.zygote.alive() or not isinstance(error, SandboxFault):
                    raise
        raise AssertionError("not reached")
