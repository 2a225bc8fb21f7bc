"""Expected values: the reference runs in a box like any submission, and what it returns is kept on disk.

    <cache>/expected/<package digest>/<seed>-<key>.frame     one wire frame: the evidence of every case

<seed> is the number that was requested, followed by slug and fingerprint of the server's secret if there is one; it is
`public` and a digest for the cases that counterexamples are chosen from, `own` and a digest for a learner's own input.
The key is a hash of everything else that decides a number: versions, processor, and how the box computes.

In a server, a judging slot runs a reference for a learner's own input alone: see reference_queue.py.
"""

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from judge.case import Case
from judge.errors import JudgeError, PackageFault
from judge.evidence import Evidence
from judge.grading.environment import runtime_key
from judge.grading.jobs import reference_job
from judge.limits import WALL_PER_CPU
from judge.own_input import OWN
from judge.problems.cases import PUBLIC, digest_of
from judge.problems.own_input import InputRefused
from judge.problems.problem import Problem
from judge.sandbox import evidence_files
from judge.sandbox.box import Box, Ending, Outcome

MEMORY_BYTES = 64 << 20  # of expected values in memory, by the size of their files; the last used ones stay
MEMORY_ENTRIES = 1024
DISK_BYTES = 256 << 20  # of files; those of seeds that somebody chose go first, the last used ones stay
FAILURE_SECONDS = 60.0  # a reference that failed is not run again before
FAULT_SECONDS = 5.0  # the same after a fault of the sandbox while others wait for the values
OWN_CPU_SECONDS = 30.0  # of the reference on a learner's own input
OWN_CHARACTERS = 200  # of the message of an exception that it raises there
READ_SECONDS = 1.0  # enough for another thread to read the values from disk, if it only does that


@dataclass
class _Entry:
    """The values of one (package, seed), or the failure to make them."""

    lock: threading.Lock = field(default_factory=threading.Lock)  # held while it is read or made
    evidence: tuple[Evidence, ...] | None = None
    size: int = 0  # bytes of its file
    failure: JudgeError | None = None
    failed_until: float = 0.0

    def recent_failure(self) -> JudgeError | None:
        """Return the failure, or None once it is time to try again."""
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
        """Return the reference's evidence for `cases`, which are all cases of `problem` for `seed`, in order.

        Runs the reference in `box` if no file has its values.

        Raises:
            PackageFault: the reference fails, or failed less than FAILURE_SECONDS ago.
            SandboxFault: the box failed.
        """
        return self._of(self._path(problem, seed), len(cases), lambda: run_reference(problem, cases, box))

    def of_own(self, problem: Problem, cases: Sequence[Case], box: Box) -> tuple[Evidence, ...]:
        """Return the reference's evidence for `cases` of a learner's own input, in the same way.

        Raises InputRefused where the reference can't cope with them, SandboxFault.
        """
        path = self._named(problem, f"{OWN}-{digest_of(cases)}")
        return self._of(path, len(cases), lambda: try_reference(problem, cases, box))

    def _of(self, path: Path, count: int, run: Callable[[], tuple[Evidence, ...]]) -> tuple[Evidence, ...]:
        entry = self._entry(path)
        with entry.lock:  # two slots that want the same wait for one run; other problems don't wait
            evidence = self._look(entry, path, count)
            if evidence is None:
                if failure := entry.recent_failure():
                    raise failure.with_traceback(None)
                try:
                    evidence = run()
                except PackageFault as fault:
                    entry.fail(fault, FAILURE_SECONDS)
                    raise
                entry.evidence, entry.size = evidence, evidence_files.keep(path, evidence)
                evidence_files.prune(self._folder, DISK_BYTES)
        return evidence

    def ready(self, problem: Problem, seed: int) -> bool:
        """Return True if `of` needs no run: the values are there, or the reference has just failed."""
        path = self._path(problem, seed)
        entry = self._entry(path)
        if not entry.lock.acquire(timeout=READ_SECONDS):
            return False  # they are being made
        try:
            found = self._look(entry, path, problem.case_count(seed))
            return found is not None or entry.recent_failure() is not None
        finally:
            entry.lock.release()

    def fail(self, problem: Problem, seed: int, failure: JudgeError) -> None:
        """Remember for FAULT_SECONDS that these values can't be made; everyone who waits gets the failure."""
        self._entry(self._path(problem, seed)).fail(failure, FAULT_SECONDS)

    def _entry(self, path: Path) -> _Entry:
        with self._lock:
            entry = self._known.setdefault(path, _Entry())
            self._known.move_to_end(path)
            self._forget()
            return entry

    def _look(self, entry: _Entry, path: Path, count: int) -> tuple[Evidence, ...] | None:
        """Return the evidence from memory or disk, or None."""
        if entry.evidence is None:
            entry.evidence = evidence_files.read(path, count)
            if entry.evidence is not None:
                with suppress(OSError):
                    entry.size = path.stat().st_size
                    os.utime(path)  # the last used files stay
        return entry.evidence

    def _forget(self) -> None:
        """Drop the entries used longest ago, until memory is within its limits; those in use now stay."""
        size = sum(entry.size for entry in self._known.values())
        for path, entry in list(self._known.items())[:-1]:
            if size <= MEMORY_BYTES and len(self._known) <= MEMORY_ENTRIES:
                break
            if not entry.lock.locked():
                size -= entry.size
                del self._known[path]

    def _path(self, problem: Problem, seed: int) -> Path:
        # A secret draws other cases for another slug, even of a package with the same files.
        hidden = problem.hidden_seed if seed != PUBLIC else None
        secret = f"-{problem.slug}-{hidden.fingerprint}" if hidden else ""
        # Which public cases are chosen, and in what order, may change with the judge and not with the package.
        draw = f"public-{digest_of(problem.cases(PUBLIC))}" if seed == PUBLIC else problem.canonical_seed(seed)
        return self._named(problem, f"{draw}{secret}")

    def _named(self, problem: Problem, draw: str) -> Path:
        lane = "light" if problem.manifest.runtime.light else "full"
        return self._folder / problem.digest.removeprefix("sha256:") / f"{draw}-{lane}-{runtime_key()}.frame"


def run_reference(problem: Problem, cases: Sequence[Case], box: Box) -> tuple[Evidence, ...]:
    """Return the evidence of the reference and its lookalikes for `cases`. Raises PackageFault, SandboxFault."""
    outcome = box.run(reference_job(problem, cases))
    if failure := _failure(outcome):
        raise PackageFault(faults=(f"reference.py: {failure}",), package=problem.slug)
    return outcome.evidence


def try_reference(problem: Problem, cases: Sequence[Case], box: Box) -> tuple[Evidence, ...]:
    """Return the same for a learner's own input, within OWN_CPU_SECONDS. Raises InputRefused, SandboxFault.

    Nothing of the reference's text is in the refusal: no line, and no more of a message than its beginning.
    """
    job = reference_job(problem, cases)
    seconds = min(OWN_CPU_SECONDS, job.limits.cpu_seconds)
    limits = replace(problem.limits, cpu_seconds=seconds, wall_seconds=seconds * WALL_PER_CPU)
    outcome = box.run(replace(job, limits=limits))
    if outcome.ending is Ending.FINISHED and not any(entry.raised for entry in outcome.evidence):
        return outcome.evidence
    raised = outcome.raised or next((entry.raised for entry in outcome.evidence if entry.raised), None)
    why = f"raises {raised.type_name}: {raised.message[:OWN_CHARACTERS]}" if raised else f"ends: {outcome.detail}"
    raise InputRefused("", f"there is nothing to compare with: the reference {why}")


def _failure(outcome: Outcome) -> str:
    """Return why the reference gave no values; empty if it gave all."""
    raised = outcome.raised or next((entry.raised for entry in outcome.evidence if entry.raised), None)
    if raised:
        return raised.traceback or f"{raised.type_name}: {raised.message}"
    place = f" (line {outcome.last_stack.frames[-1].line})" if outcome.last_stack else ""
    return "" if outcome.ending is Ending.FINISHED else f"{outcome.ending}: {outcome.detail}{place}"
