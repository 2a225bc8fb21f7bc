"""What the reference gives: run in a box like any other, earlier, and kept on disk.

    <cache>/expected/<package digest>/<seed>-<key>.frame     one wire frame: the evidence of every case

<seed> is the number that was asked for, with slug and the fingerprint of the server's secret where there is one. The
key is a hash of everything else that decides a number: versions, processor, and how the box computes.

A judging slot never runs a reference in a server: `References` does, one at a time, in a box and a thread of its own.
"""

import hashlib
import os
import platform
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import IntEnum
from functools import cache
from importlib import metadata
from pathlib import Path

from judge.case import Case
from judge.errors import JudgeError, PackageFault
from judge.evidence import Evidence
from judge.limits import Limits
from judge.problems.package import JITTED, USUAL, WARMUP
from judge.problems.problem import Problem
from judge.sandbox import evidence_files
from judge.sandbox.base import Box, Ending, Job, Outcome, WarmUp

FORMAT = "3"  # of these files, and of how a box computes: raise it with either
REFERENCE_CPU_SECONDS = 120.0  # the author's own program is trusted to end, and compiles with a cold cache
MEMORY_BYTES = 64 << 20  # of expected values in memory, as their files count; the last used ones stay
MEMORY_ENTRIES = 1024
DISK_BYTES = 256 << 20  # of files; those of seeds that somebody chose go first, the last used ones stay
FAILURE_SECONDS = 60.0  # a reference that failed is not run again before
FAULT_SECONDS = 5.0  # the same after a fault of the sandbox, where others wait for the values
READ_SECONDS = 1.0  # within which another thread has read the values from disk, if it only does that
QUEUE = 64  # references that wait for their run; whoever wants another has to come back
FIRST_RUN_SECONDS = 5.0  # what a run is expected to take before one was measured
LEAST_WAIT_SECONDS, MOST_WAIT_SECONDS = 1.0, 60.0  # until somebody who was turned away should come back
RETURNS_PER_SECOND = 20.0  # of all who were turned away: coming back costs two transactions, and goes before others
_PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "ml-dtypes")


class ReferencePending(JudgeError):
    """The reference's values for this seed are being worked out; the submission waits in the queue."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds  # after which another try may find them


@dataclass
class _Entry:
    """What is known of one (package, seed): evidence, or why there is none."""

    lock: threading.Lock = field(default_factory=threading.Lock)  # held while it is read or made
    evidence: tuple[Evidence, ...] | None = None
    size: int = 0  # bytes of its file
    failure: JudgeError | None = None
    failed_until: float = 0.0

    def recent_failure(self) -> JudgeError | None:
        """The failure, unless it is time to try again."""
        return self.failure if time.monotonic() < self.failed_until else None

    def fail(self, failure: JudgeError, seconds: float) -> None:
        """Remember a failure for some seconds."""
        self.failure, self.failed_until = failure, time.monotonic() + seconds


class Expectations:
    """Expected evidence of every case of a problem, by (package, seed, server's secret); thread-safe and bounded."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "expected"
        self._known: OrderedDict[Path, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, problem: Problem, seed: int, cases: Sequence[Case], box: Box) -> tuple[Evidence, ...]:
        """The reference's evidence for `cases`, which are all cases of `problem` for `seed`, in order.

        Runs the reference in `box` where no file has it. Raises PackageFault where the reference fails or failed a
        moment ago, SandboxFault.
        """
        path = self._path(problem, seed)
        entry = self._entry(path)
        with entry.lock:  # two slots that want the same wait for one run; other problems don't wait
            evidence = self._look(entry, path, len(cases))
            if evidence is None:
                if failure := entry.recent_failure():
                    raise failure.with_traceback(None)
                try:
                    evidence = run_reference(problem, cases, box)
                except PackageFault as fault:
                    entry.fail(fault, FAILURE_SECONDS)
                    raise
                entry.evidence, entry.size = evidence, evidence_files.keep(path, evidence)
                evidence_files.prune(self._folder, DISK_BYTES)
        return evidence

    def ready(self, problem: Problem, seed: int) -> bool:
        """Whether `of` answers without a run: the values are there, or the reference has failed a moment ago."""
        path = self._path(problem, seed)
        entry = self._entry(path)
        if not entry.lock.acquire(timeout=READ_SECONDS):
            return False  # they are being made
        try:
            counts = problem.manifest.cases
            found = self._look(entry, path, counts.samples + counts.hidden)
            return found is not None or entry.recent_failure() is not None
        finally:
            entry.lock.release()

    def fail(self, problem: Problem, seed: int, failure: JudgeError) -> None:
        """Remember for a moment that these values can't be made: who waits for them gets the failure."""
        self._entry(self._path(problem, seed)).fail(failure, FAULT_SECONDS)

    def _entry(self, path: Path) -> _Entry:
        with self._lock:
            entry = self._known.setdefault(path, _Entry())
            self._known.move_to_end(path)
            self._forget()
            return entry

    def _look(self, entry: _Entry, path: Path, count: int) -> tuple[Evidence, ...] | None:
        """The evidence in memory or on disk."""
        if entry.evidence is None:
            entry.evidence = evidence_files.read(path, count)
            if entry.evidence is not None:
                with suppress(OSError):
                    entry.size = path.stat().st_size
                    os.utime(path)  # the last used files stay
        return entry.evidence

    def _forget(self) -> None:
        """Forget what was used longest ago, until memory is within its bounds; what is in use now stays."""
        size = sum(entry.size for entry in self._known.values())
        for path, entry in list(self._known.items())[:-1]:
            if size <= MEMORY_BYTES and len(self._known) <= MEMORY_ENTRIES:
                break
            if not entry.lock.locked():
                size -= entry.size
                del self._known[path]

    def _path(self, problem: Problem, seed: int) -> Path:
        lane = "light" if problem.manifest.runtime.light else "full"
        # A secret draws other cases for another slug, even of a package with the same files.
        secret = f"-{problem.slug}-{problem.hidden_seed.fingerprint}" if problem.hidden_seed else ""
        name = f"{problem.canonical_seed(seed)}{secret}-{lane}-{runtime_key()}.frame"
        return self._folder / problem.digest.removeprefix("sha256:") / name


class Urgency(IntEnum):
    """Which of two waiting references runs first."""

    WANTED = 0  # a judging waits for the cases that the server draws for everyone
    PREPARED = 1  # nobody waits yet
    CHOSEN = 2  # a judging waits for a seed that its submitter chose


@dataclass
class _Order:
    """A reference that is to run, or runs now."""

    problem: Problem
    seed: int
    urgency: Urgency


class References:
    """Runs references for new seeds: one at a time, in a box and a thread of its own, and each only once.

    The thread is a daemon, and starts with the first order. It lives as long as the process, as boxes hang on the
    thread that started them.
    """

    def __init__(self, expectations: Expectations, box: Box) -> None:
        self._expectations = expectations
        self._box = box
        self._orders: dict[tuple[str, int], _Order] = {}  # by slug and seed; the oldest first
        self._running: tuple[str, int] | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._run_seconds = FIRST_RUN_SECONDS
        self._began = 0.0
        self._last_return = 0.0  # when the last of those who were turned away comes back

    def ordered(self, problem: Problem, seed: int) -> bool:
        """Whether the reference waits for its run, or runs now."""
        with self._changed:
            return (problem.slug, problem.canonical_seed(seed)) in self._orders

    def has_room(self, problem: Problem, seed: int) -> bool:
        """Whether one more may be ordered; there is always room for what everyone gets."""
        with self._changed:
            return not problem.canonical_seed(seed) or len(self._orders) < QUEUE

    def order(self, problem: Problem, seed: int, urgency: Urgency | None = None) -> float:
        """Have the reference run, unless it is ordered already: seconds until its values may be there.

        Where too many wait, nothing is ordered; whoever comes back later may find a place.
        """
        seed = problem.canonical_seed(seed)
        if urgency is None:
            urgency = Urgency.CHOSEN if seed else Urgency.WANTED
        with self._changed:
            key = (problem.slug, seed)
            if key not in self._orders and len(self._orders) >= QUEUE and urgency is Urgency.CHOSEN:
                return self._spread(MOST_WAIT_SECONDS / 2)
            order = self._orders.setdefault(key, _Order(problem, seed, urgency))
            order.urgency = min(order.urgency, urgency)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="references", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            return self._seconds(key)

    def wait(self, problem: Problem, seed: int) -> None:
        """Wait until the reference is neither running nor ordered."""
        key = (problem.slug, problem.canonical_seed(seed))
        with self._changed:
            self._changed.wait_for(lambda: self._closed or key not in self._orders)

    def close(self) -> None:
        """Run nothing more; what runs now ends with its box."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _in_turn(self) -> list[tuple[str, int]]:
        return sorted(self._orders, key=lambda key: (key != self._running, self._orders[key].urgency))

    def _seconds(self, key: tuple[str, int]) -> float:
        place = self._in_turn().index(key) + 1
        gone = time.monotonic() - self._began if self._running else 0.0
        return self._spread(place * self._run_seconds - gone)

    def _spread(self, seconds: float) -> float:
        """`seconds`, or longer where many come back: not all at once."""
        now = time.monotonic()
        self._last_return = max(now + max(LEAST_WAIT_SECONDS, seconds), self._last_return + 1 / RETURNS_PER_SECOND)
        self._last_return = min(self._last_return, now + MOST_WAIT_SECONDS)
        return self._last_return - now

    def _next(self) -> _Order | None:
        """The order whose turn it is, waited for; None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._orders)
            if self._closed:
                return None
            self._running, self._began = self._in_turn()[0], time.monotonic()
            return self._orders[self._running]

    def _serve(self) -> None:
        while (order := self._next()) is not None:
            self._run(order)
            with self._changed:
                self._run_seconds += (time.monotonic() - self._began - self._run_seconds) / 2
                self._orders.pop((order.problem.slug, order.seed))
                self._running = None
                self._changed.notify_all()

    def _run(self, order: _Order) -> None:
        problem, seed = order.problem, order.seed
        try:
            self._expectations.of(problem, seed, problem.cases(seed), self._box)
        except PackageFault:
            pass  # remembered by the expectations, which raise it again for whoever asks
        except Exception as error:
            fault = error if isinstance(error, JudgeError) else JudgeError(f"{type(error).__name__}: {error}")
            self._expectations.fail(problem, seed, fault)


def run_reference(problem: Problem, cases: Sequence[Case], box: Box) -> tuple[Evidence, ...]:
    """The evidence of the reference and its lookalikes for `cases`. Raises PackageFault, SandboxFault."""
    outcome = box.run(reference_job(problem, cases))
    trouble = _trouble(outcome)
    if trouble:
        raise PackageFault(faults=(f"reference.py: {trouble}",), package=problem.slug)
    return outcome.evidence


def reference_job(problem: Problem, cases: Sequence[Case]) -> Job:
    """The job that runs a problem's reference on `cases`, lookalikes too where it has them."""
    limits = replace(
        problem.limits, cpu_seconds=REFERENCE_CPU_SECONDS, wall_seconds=3 * REFERENCE_CPU_SECONDS, memory_mib=4096
    )
    return job_of(problem, problem.reference, cases, limits, also=("lookalikes",) if problem.has_lookalikes else ())


def job_of(
    problem: Problem, source: str, cases: Sequence[Case], limits: Limits | None = None, also: tuple[str, ...] = ()
) -> Job:
    """The job that runs `source` on `cases` of `problem`, within the problem's limits unless others are given."""
    return Job(
        source=source,
        entry=problem.entry,
        parameters=problem.parameters,
        calls=tuple(tuple(case.inputs[name] for name in problem.parameters) for case in cases),
        limits=limits or problem.limits,
        visible=sum(case.group == "sample" for case in cases),
        also=also,
        facts=tuple(problem.manifest.runtime.facts),
        problem=problem.slug,
        package=problem.digest,
        light=problem.manifest.runtime.light,
    )


def warm_up_of(problem: Problem) -> WarmUp | None:
    """What a hot zygote of `problem` runs before any submission; None where the package has no warm-up.

    Its calls are drawn from a seed that draws no case: nothing of any case is in the memory of hot forks.
    Raises PackageFault.
    """
    if not problem.warmup:
        return None
    return WarmUp(
        package=problem.digest,
        source=problem.warmup,
        entry=WARMUP,
        usual=USUAL,
        jitted=JITTED,
        parameters=problem.parameters,
        calls=tuple(tuple(inputs[name] for name in problem.parameters) for inputs in problem.warm_up_inputs()),
        facts=tuple(problem.manifest.runtime.facts),
        result_bytes=problem.limits.result_bytes,
        light=problem.manifest.runtime.light,
    )


def _trouble(outcome: Outcome) -> str:
    raised = outcome.raised or next((entry.raised for entry in outcome.evidence if entry.raised), None)
    if raised:
        return raised.traceback or f"{raised.type_name}: {raised.message}"
    return "" if outcome.ending is Ending.FINISHED else f"{outcome.ending}: {outcome.detail}"


@cache
def runtime_key() -> str:
    """A short hash of what decides numbers and machine code here: versions, processor, and how a box computes."""
    parts = [FORMAT, processor(), *map("=".join, sorted(versions().items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def versions() -> dict[str, str]:
    """Versions that decide a submission's numbers: Python and the packages, read without importing them."""
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in _PACKAGES}


@cache
def processor() -> str:
    """The processor's model and a hash of its features, as far as the system tells."""
    try:
        rows = dict(
            line.split(":", 1)
            for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
            if ":" in line
        )
    except (OSError, ValueError):
        return f"{platform.machine()} {sys.platform}"
    told = {name.strip(): value.strip() for name, value in rows.items()}
    features = hashlib.sha256(told.get("flags", told.get("Features", "")).encode()).hexdigest()[:8]
    return f"{told.get('model name', platform.machine())} ({features})"
