"""What the reference gives: run in a box like any other, earlier, and kept on disk.

    <cache>/expected/<package digest>/<seed>-<key>.frame     one wire frame: the evidence of every case

The key is a hash of everything else that decides a number: versions, processor, and how the box computes.
"""

import hashlib
import platform
import struct
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np

from judge.case import Case
from judge.errors import PackageFault
from judge.evidence import Evidence, Value
from judge.inside import wire
from judge.limits import Limits
from judge.problems.package import JITTED, USUAL, WARMUP
from judge.problems.problem import Problem
from judge.sandbox.base import Box, Ending, Job, Outcome, WarmUp

FORMAT = "3"  # of these files, and of how a box computes: raise it with either
REFERENCE_CPU_SECONDS = 120.0  # the author's own program is trusted to end, and compiles with a cold cache
MAX_FILE_BYTES = 1 << 30
_PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "ml-dtypes")


class Expectations:
    """Expected evidence of every case of a problem, by (package, seed); thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "expected"
        self._known: dict[tuple[str, int], tuple[Evidence, ...]] = {}
        self._locks: defaultdict[tuple[str, int], threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def of(self, problem: Problem, seed: int, cases: Sequence[Case], box: Box) -> tuple[Evidence, ...]:
        """The reference's evidence for `cases`, which are all cases of `problem` for `seed`, in order.

        Runs the reference in `box` where no file has it. Raises PackageFault where the reference fails, SandboxFault.
        """
        key = (problem.digest, seed)
        with self._lock:
            own = self._locks[key]
        with own:  # two slots that want the same wait for one run; other problems don't wait
            if key not in self._known:
                path = self._path(problem, seed)
                self._known[key] = _read(path, len(cases)) or _keep(path, run_reference(problem, cases, box))
            return self._known[key]

    def _path(self, problem: Problem, seed: int) -> Path:
        lane = "light" if problem.manifest.runtime.light else "full"
        return self._folder / problem.digest.removeprefix("sha256:") / f"{seed}-{lane}-{runtime_key()}.frame"


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

    Arrays of the cases are replaced by others of the same shape and dtype; scalars stay, since some are compiled in.
    """
    if not problem.warmup:
        return None
    rng = np.random.default_rng(0)
    calls = (tuple(_neutral(case.inputs[name], rng) for name in problem.parameters) for case in problem.cases())
    return WarmUp(
        package=problem.digest,
        source=problem.warmup,
        entry=WARMUP,
        usual=USUAL,
        jitted=JITTED,
        parameters=problem.parameters,
        calls=tuple(calls),
        facts=tuple(problem.manifest.runtime.facts),
        result_bytes=problem.limits.result_bytes,
        light=problem.manifest.runtime.light,
    )


def _neutral(value: Value, rng: np.random.Generator) -> Value:
    match value:
        case np.ndarray() if value.dtype.kind == "f":
            return np.asarray(rng.normal(size=value.shape)).astype(value.dtype)
        case np.ndarray() if value.dtype.kind in "iu" and value.size:
            return rng.integers(value.min(), value.max(), value.shape, value.dtype, endpoint=True)
        case list():
            return [_neutral(item, rng) for item in value]
        case tuple():
            return tuple(_neutral(item, rng) for item in value)
        case dict():
            return {key: _neutral(item, rng) for key, item in value.items()}
        case _:
            return value


def _trouble(outcome: Outcome) -> str:
    raised = outcome.raised or next((entry.raised for entry in outcome.evidence if entry.raised), None)
    if raised:
        return raised.traceback or f"{raised.type_name}: {raised.message}"
    return "" if outcome.ending is Ending.FINISHED else f"{outcome.ending}: {outcome.detail}"


def _keep(path: Path, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(wire.encode("expected", [entry.to_tree() for entry in evidence]))
    Path(file.name).replace(path)  # readers see the whole file or none
    return evidence


def _read(path: Path, count: int) -> tuple[Evidence, ...] | None:
    try:
        data = path.read_bytes()
        header, _ = wire.sizes(data[: wire.PREFIX.size], MAX_FILE_BYTES)
        start = wire.PREFIX.size
        _, trees = wire.decode(data[start : start + header], data[start + header :])
        evidence = tuple(map(Evidence.from_tree, trees))
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None  # not there, or damaged: the reference runs again
    return evidence if len(evidence) == count else None


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
