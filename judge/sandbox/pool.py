"""Zygotes and the boxes in them: started before they are needed, started again when they die.

Pool
├── keeper thread     starts every zygote; lives as long as the pool, since their death signals hang on it
├── full zygote       imported JAX, no backend; serves all slots and problems
├── hot zygotes       one a problem, the last used ones: warm programs in memory (see judge.sandbox.fast_lane)
├── box(slot)         one a slot, used from one thread at a time: fast lane first, full lane if that gives up
└── background        one more of these, for references: its jobs give way to those of the slots
"""

import os
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from judge.errors import BoxKilled, HostShortage, SandboxFault
from judge.inside import syscalls
from judge.sandbox.box import Ending, Job, Outcome, ReplyReader, WarmUp
from judge.sandbox.fast_lane import FastBox, HotZygote
from judge.sandbox.full_lane import FullBox, Slot
from judge.sandbox.host_shortage import claims_shortage, figures
from judge.sandbox.processor_affinity import cores_of
from judge.sandbox.program_packs import Packs
from judge.sandbox.slot_users import SlotUsers, can_change
from judge.sandbox.zygote_client import Zygote, ZygoteConfig

RUNS = 3  # of a job whose box was killed, or lacked what the host had no more of, before the caller has to wait
BETWEEN_RUNS_SECONDS = 0.2
GREEDY_SHARE = 0.5  # of the memory limit: who is ended for want of memory with more than that each time, used it up
BACKGROUND_NICE = 15  # niceness of the background box
HOT_ZYGOTES = 8  # about 300 MiB each; the one that was used longest ago goes


@dataclass(frozen=True, kw_only=True)
class PoolConfig:
    """The settings of a pool.

    `hidden` are files that no box may read, beside the judge's own code; `packs` is the folder of compiled programs,
    None for none; `runtime` names what those depend on; `fast` switches the fast lane; `patience` is how many seconds a
    job waits for a problem's first pack, which the full lane has to do without; `pin` gives each slot one processor
    where it would have its share of all; `background` adds one box, beside those of the slots, whose jobs give
    way to theirs.
    """

    slots: int = 1
    hidden: Sequence[Path] = ()
    packs: Path | None = None
    runtime: str = "any"
    namespaces: bool = True
    fast: bool = True
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
        self._orders: queue.SimpleQueue[tuple[Future[Zygote], Mapping[str, int]] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._turn = threading.Semaphore(1)  # one warm-up at a time: each takes a processor for seconds
        self._hot: OrderedDict[str, HotZygote] = OrderedDict()
        self._loaded_packs: list[str] = []
        self._keeper = threading.Thread(target=self._start_ordered, name="zygote-keeper", daemon=True)
        self._keeper.start()
        self._zygote = self._start_zygote({})
        self._boxes = [PooledBox(self, index) for index in range(config.slots + config.background)]

    def box(self, slot: int = 0) -> "PooledBox":
        """Return the box of `slot`."""
        return self._boxes[slot]

    @property
    def background(self) -> "PooledBox":
        """The box whose jobs give way to the slots', where the configuration asks for one."""
        return self._boxes[self.config.slots]

    def zygote(self) -> Zygote:
        """Return the full zygote, started anew if the last one ended. Raises SandboxFault."""
        with self._lock:
            if self._closed:
                raise SandboxFault("the judge is shutting down")
            zygote = _started(self._zygote)
            if zygote is None or not zygote.alive():
                if zygote is not None:
                    zygote.close()
                self._zygote = self._start_zygote({})
                zygote = self._zygote.result()
                zygote.wait()
                for package in self._loaded_packs:
                    self._load_into(zygote, package)
        zygote.wait()
        return zygote

    def load_programs(self, package: str) -> None:
        """Give the full zygote the compiled programs of `package`, where there are any."""
        with self._lock:
            if self.packs is None or package in self._loaded_packs or not self.packs.has(package):
                return
            self._loaded_packs.append(package)
        self._load_into(self.zygote(), package)

    def warm(self, warm_up: WarmUp) -> HotZygote | None:
        """Return the hot zygote of a package, started in the background if needed; None without a fast lane."""
        if not self.config.fast or self.packs is None:
            return None
        with self._lock:
            if self._closed:
                return None
            hot = self._hot.get(warm_up.package)
            if hot is None or hot.needs_replacement:
                if hot is not None:
                    hot.close()
                hot = self._hot[warm_up.package] = HotZygote(warm_up, self._start_zygote, self.packs, self._turn)
            self._hot.move_to_end(warm_up.package)
            oldest = self._hot.popitem(last=False)[1] if len(self._hot) > HOT_ZYGOTES else None
        if oldest is not None:
            oldest.close()
        return hot

    def hot(self, package: str) -> HotZygote | None:
        """Return the hot zygote of `package`, where one was started; its successor if it ended or grew old."""
        with self._lock:
            hot = self._hot.get(package)
        return self.warm(hot.warm_up) if hot else None

    def close(self) -> None:
        """End every process of the pool. Safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for box in self._boxes:
            box.close()
        for hot in self._hot.values():
            hot.close()
        if (zygote := _started(self._zygote)) is not None:
            zygote.close()
        self._orders.put(None)
        self._keeper.join()
        self._users.close()  # their processes are gone

    def slot(self, index: int, zygote: Zygote) -> Slot:
        """Return the user, niceness and processors of slot `index`, for a child of `zygote`. Raises HostShortage."""
        uid = self._users.of(index) if can_change(zygote.wait()) else None
        if index >= self.config.slots:  # the background box: any processor that the slots leave
            return Slot(uid=uid, nice=BACKGROUND_NICE)
        every = sorted(os.sched_getaffinity(0))
        return Slot(uid=uid, cores=(every[index % len(every)],) if self.config.pin else self._cores[index])

    def _load_into(self, zygote: Zygote, package: str) -> None:
        assert self.packs is not None
        with self.packs.open(package) as pack:
            if pack is not None:
                zygote.add_programs(pack)

    def _start_zygote(self, files: Mapping[str, int]) -> Future[Zygote]:
        future: Future[Zygote] = Future()
        if self._closed:
            future.set_exception(SandboxFault("the judge is shutting down"))
        else:
            self._orders.put((future, files))
        return future

    def _start_ordered(self) -> None:
        while (order := self._orders.get()) is not None:
            future, files = order
            try:
                config = ZygoteConfig(hidden=tuple(self.config.hidden), namespaces=self.config.namespaces)
                future.set_result(Zygote(config, files))
            except BaseException as error:
                future.set_exception(error)


class PooledBox:
    """The box of one slot: the same for every job, whatever became of zygotes in between."""

    def __init__(self, pool: Pool, index: int) -> None:
        self._pool, self._index = pool, index
        self._full: FullBox | None = None
        self._fast: dict[str, FastBox] = {}

    def run(self, job: Job, reader: ReplyReader | None = None) -> Outcome:
        """Run one job; see judge.sandbox.box.Box. A job that is killed, or whose zygote is, is run again."""
        outcome, why = self._run_fast(job, reader)
        if outcome is not None:
            return outcome
        outcome = _despite_others(partial(self._run_full, job, reader), job.limits.memory_mib)
        return replace(outcome, fallback_reason=why or None)

    def close(self) -> None:
        """Hang up on all zygotes."""
        for box in (self._full, *self._fast.values()):
            if box is not None:
                box.close()
        self._full, self._fast = None, {}

    def _run_fast(self, job: Job, reader: ReplyReader | None) -> tuple[Outcome | None, str]:
        hot = self._pool.hot(job.package) if job.package and not job.extra_functions else None
        if hot is None:
            return None, ""
        first_pack = self._pool.packs is not None and not self._pool.packs.has(job.package)
        zygote = hot.ready(self._pool.config.patience if first_pack else 0.0)
        if zygote is None:
            return None, hot.failure or "this problem's fast lane is still starting"
        hot.jobs += 1
        try:
            return self._fast_box(job.package, zygote).run(job, reader)
        except SandboxFault as error:
            self._fast.pop(job.package).close()
            return None, str(error)

    def _fast_box(self, package: str, zygote: Zygote) -> FastBox:
        for other in self._fast.keys() - {package}:
            self._fast[other].end_waiting_child()  # one child waits for a slot, whatever it judges next
        box = self._fast.get(package)
        if box is None or box.zygote is not zygote:
            if box is not None:
                box.close()
            box = self._fast[package] = FastBox(zygote, self._pool.slot(self._index, zygote))
        return box

    def _run_full(self, job: Job, reader: ReplyReader | None) -> Outcome:
        if job.package:
            self._pool.load_programs(job.package)
        for last in (False, True):
            try:
                if self._full is None:
                    zygote = self._pool.zygote()
                    self._full = FullBox(zygote, self._pool.slot(self._index, zygote))
                return self._full.run(job, reader)
            except SandboxFault:
                box, self._full = self._full, None
                if box is not None:
                    box.close()
                if last or box is None or box.zygote.alive():
                    raise
        raise AssertionError("not reached")


def _started(zygote: Future[Zygote]) -> Zygote | None:
    """Return the zygote, once it was started; None where the host lacked something for that."""
    try:
        return zygote.result()
    except (SandboxFault, OSError):
        return None


def _despite_others(run: Callable[[], Outcome], memory_limit_mib: int) -> Outcome:
    """Run a job again where others may be why it failed: whoever killed it, or took the last thread of the host.

    A claim that the kernel's figures do not confirm is worth one more run, whose outcome stands. Raises BoxKilled and
    HostShortage where no run was free of others.
    """
    claimed, fault, greedy = False, SandboxFault(), 0
    for _ in range(RUNS):
        before = figures()
        try:
            outcome = run()
        except (BoxKilled, HostShortage) as error:
            lacking = figures().shortage_since(before)
            fault = HostShortage(f"the host ran short: {lacking}") if lacking else error
            greedy += bool(lacking) and getattr(error, "memory_mb", 0.0) > GREEDY_SHARE * memory_limit_mib
        else:
            if not claims_shortage(outcome, memory_limit_mib):
                return outcome
            lacking = figures().shortage_since(before)
            if claimed and not lacking:
                return outcome
            claimed = claimed or not lacking
            fault = HostShortage(f"the host ran short: {lacking}")
        time.sleep(BETWEEN_RUNS_SECONDS)
    if greedy == RUNS:  # it was its own memory that the host lacked, each time
        most = round(GREEDY_SHARE * memory_limit_mib)
        detail = f"the host had no more memory, with more than {most} of the {memory_limit_mib} MiB of the limit in use"
        return Outcome(ending=Ending.MEMORY_LIMIT, detail=detail)
    raise fault
