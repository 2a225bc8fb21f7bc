"""The reference's values: made in a box like any other, earlier, and kept on disk.

    <cache>/expected/<package digest>/<seed>-<key>.frame     one wire frame: the evidence of every case

<seed> is the number that was asked for, with slug and the fingerprint of the server's secret where there is one. The
key is a hash of everything else that decides a number: versions, processor, and how the box computes.

A judging slot never runs a reference in a server: see references.py.
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
_PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "ml-dtypes")


@dataclass
class _Entry:
    """The values of one (package, seed), or the failure to make them."""

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
        """Return True if `of` answers without a run: the values are there, or the reference has just failed."""
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
