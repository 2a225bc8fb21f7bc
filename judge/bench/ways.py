"""The ways to judge one submission that the benchmark compares, each with the cost of a run.

fresh                  python, one process, all cases                              how most graders do it
fresh + cache          the same with JAX's own compilation cache, warm
process a case         python, one process a case                                  how most online judges do it
hot, no isolation      one process that executes all that comes                    the limit
full lane, fast lane   the judge's boxes, all layers on
new program            the fast lane, with a step that nothing has compiled
import                 what a process takes that only imports JAX
first verdict          a server's, from its start
served                 the fast lane through `judge serve`, from POST to verdict
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from judge.errors import JudgeError
from judge.evidence import Evidence
from judge.grading.grader import Grader
from judge.inside import wire
from judge.sandbox.box import Job
from judge.submission import Submission
from judge.verdict import Verdict

RTOL, ATOL = 1e-4, 1e-5  # between other XLA flags; the judge's own lanes are held to the problem's checks
_PLAIN_PROCESS = Path(__file__).with_name("plain_process.py")


class WrongAnswer(JudgeError):
    """A way of judging gave a wrong answer, so its figures mean nothing."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The cost of one run: seconds from request to verdict, CPU seconds, peak resident MiB (0 where not known)."""

    wall: float
    cpu: float
    memory: float


class Way(Protocol):
    """One way to judge the submission."""

    name: str

    def judge(self, client: int = 0) -> Cost:
        """Judge it once, for the concurrent client of that number. Raises WrongAnswer."""
        ...


@dataclass(frozen=True, kw_only=True)
class Workload:
    """The submission to judge, in the forms that the ways need."""

    submission: Submission
    job: Job
    frame: Path
    expected: Sequence[Evidence]

    def check(self, answers: Sequence[np.ndarray], expected: Sequence[Evidence]) -> None:
        """Raise WrongAnswer unless `answers` are the reference's."""
        for got, want in zip(answers, expected, strict=True):
            if not np.allclose(got, np.asarray(want.value, np.float64), rtol=RTOL, atol=ATOL):
                raise WrongAnswer(f"got {got}, expected {want.value}")


def write_frame(job: Job, path: Path) -> None:
    """Write the job as the unboxed ways read it."""
    source = np.frombuffer(job.source.encode(), np.uint8)
    path.write_bytes(wire.encode("job", {"source": source, "entry": job.entry, "calls": list(job.calls)}))


class Fresh:
    """A fresh Python process a submission, or a case."""

    def __init__(self, name: str, workload: Workload, cache: Path | None = None, per_case: bool = False) -> None:
        self.name, self._workload, self._per_case = name, workload, per_case
        self._environment = environment(cache)

    def judge(self, client: int = 0) -> Cost:
        """Run it; peak memory is that of the largest process."""
        started = time.perf_counter()
        cases = [str(index) for index in range(len(self._workload.expected))] if self._per_case else [None]
        costs = [self._process(case) for case in cases]
        wall = time.perf_counter() - started
        return Cost(wall=wall, cpu=sum(cpu for cpu, _ in costs), memory=max(memory for _, memory in costs))

    def _process(self, case: str | None) -> tuple[float, float]:
        arguments = [sys.executable, str(_PLAIN_PROCESS), str(self._workload.frame), "once", *([case] if case else [])]
        process = subprocess.Popen(arguments, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        with process.stdout:
            data = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        expected = self._workload.expected if case is None else [self._workload.expected[int(case)]]
        self._workload.check(_answers(data), expected)
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Hot:
    """One process a client that executes whatever comes, with nothing between it and the machine."""

    name = "hot process, no isolation"

    def __init__(self, workload: Workload, clients: int) -> None:
        self._workload = workload
        arguments = [sys.executable, str(_PLAIN_PROCESS), str(workload.frame), "serve"]
        self._processes = [
            subprocess.Popen(
                arguments,
                env=environment(None),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            for _ in range(clients)
        ]
        for process in self._processes:
            self._read(process)

    def judge(self, client: int = 0) -> Cost:
        """Run it once more in the process that is there."""
        process = self._processes[client]
        clock = (~process.pid << 3) | 2
        cpu, started = time.clock_gettime(clock), time.perf_counter()
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        self._read(process)
        wall = time.perf_counter() - started
        return Cost(wall=wall, cpu=time.clock_gettime(clock) - cpu, memory=_peak_mib(process.pid))

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.kill()
            process.communicate()

    def _read(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout is not None
        prefix = process.stdout.read(wire.PREFIX.size)
        header, body = wire.sizes(prefix, 1 << 30)
        self._workload.check(_answers(prefix + process.stdout.read(header + body)), self._workload.expected)


class Import:
    """A process that imports what every submission needs, and nothing else: what a start is measured by."""

    name = "import jax, flax.nnx, optax"

    def judge(self, client: int = 0) -> Cost:
        """Run it. Raises WrongAnswer if it fails."""
        started = time.perf_counter()
        command = [sys.executable, "-c", "import jax, flax.nnx, optax"]
        process = subprocess.Popen(command, env=environment(None), stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise WrongAnswer(f"{self.name} ended with {process.returncode}")
        return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, memory=usage.ru_maxrss / 1024)


def with_a_new_program(submission: Submission, entry: str) -> Submission:
    """Return a submission that does the same, and jits a step in each case that no other program has.

    The step is of the size of a training step's: two products and what is around them.
    """
    addition = f"""

import jax as _jax, jax.numpy as _jnp

_usual = {entry}


def {entry}(*values):
    given = [value for value in values if hasattr(value, "ndim") and value.ndim == 2]
    for value in given[:1] or [_jnp.ones((3, 3))]:
        step = _jax.jit(lambda a: _jax.grad(lambda b: _jnp.sum(_jnp.sinh(b @ b.T * 0.321) @ b) ** 2)(a) * 0.123)
        step(_jnp.asarray(value)).block_until_ready()
    return _usual(*values)
"""
    return Submission(problem=submission.problem, source=submission.source + addition)


class Lane:
    """The judge's own grader, in this process."""

    def __init__(self, name: str, workload: Workload, grader: Grader, lane: str | None) -> None:
        self.name, self._workload, self._grader, self._lane = name, workload, grader, lane

    def judge(self, client: int = 0) -> Cost:
        """Grade it; memory is what the box used above its zygote."""
        started = time.perf_counter()
        report = self._grader.grade(self._workload.submission, slot=client)
        wall = time.perf_counter() - started
        if report.verdict is not Verdict.ACCEPTED:
            raise WrongAnswer(f"{self.name}: {report.verdict}: {report.message}")
        if self._lane and report.lane != self._lane:
            why = report.handed_over.message if report.handed_over else ""
            raise WrongAnswer(f"{self.name} was judged in the {report.lane} lane: {why}")
        return Cost(wall=wall, cpu=report.cpu_ms / 1e3, memory=report.memory_mb)


def environment(cache: Path | None) -> dict[str, str]:
    """Return a plain process's environment: JAX on the processor, and a compilation cache where `cache` is given."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ}
    keep |= {"JAX_PLATFORMS": "cpu"}
    if cache is not None:
        keep |= {
            "JAX_COMPILATION_CACHE_DIR": str(cache),
            "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
            "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
        }
    return keep


def _answers(data: bytes) -> list[np.ndarray]:
    try:
        ((_, answers),) = wire.FrameReader(1 << 30).feed(data)
    except ValueError as error:
        raise WrongAnswer("a plain process gave no answers: does the solution run outside of the judge?") from error
    return list(answers)


def _peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))
