"""Distinguish a host that ran out of threads or memory from a submission that did, by the kernel's own figures.

A submission's error message is a claim. It is accepted where the kernel counted a refusal during the run while the box
itself held few threads and little memory, or where the judge's own program, in a box like it, is refused the same; else
the job runs once more, and the outcome of that run counts.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from judge.errors import HostShortage
from judge.evidence import Raised
from judge.inside.layers import MAX_THREADS
from judge.limits import Limits
from judge.sandbox.box import Ending, Job, Outcome
from judge.sandbox.parse_replies import BROKEN

CONTROL_THREADS = 16 + (os.cpu_count() or 1)  # a little more than XLA starts
CONTROL = """\
import mmap
import threading


def control(threads, size):
    mapped = mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    threading.stack_size(1 << 18)
    over = threading.Event()
    try:
        for _ in range(threads):
            threading.Thread(target=over.wait).start()
    finally:
        over.set()
    mapped.close()
"""
FEW_THREADS = MAX_THREADS // 2  # several times what JAX starts: a box with more of them ran out by its own doing
NEARLY = 0.97  # of a limit
CLAIMS = (
    "can't start new thread",
    "Resource temporarily unavailable",
    "pthread_create",
    "Cannot allocate memory",
    "cannot allocate memory",
    "std::bad_alloc",
    "Thread creation failed",
    "Too many open files in system",
    "RESOURCE_EXHAUSTED",
    "Out of memory",
)
_DEATHS = (Ending.KILLED, Ending.EXITED, Ending.MEMORY_LIMIT)
_GROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The kernel's counts: refusals so far, and whether a limit is all but reached."""

    refusals: int
    exhausted: str

    def shortage_since(self, before: "Figures") -> str:
        """Return what the host lacks, empty for nothing that the kernel knows of."""
        return self.exhausted or ("the kernel refused threads or memory" if self.refusals > before.refusals else "")


def claims_shortage(outcome: Outcome, memory_limit_mib: int, raised: Sequence[Raised | None] = ()) -> bool:
    """Return whether `outcome` looks as if the host lacked something that its own limits do not explain.

    `raised` are the exceptions of replies that a reader took, where one did.
    """
    if outcome.threads > FEW_THREADS or outcome.memory_mb > memory_limit_mib / 2:
        return False
    found = [each for each in (outcome.raised, *raised, *(entry.raised for entry in outcome.evidence)) if each]
    said = [each.message for each in found]
    if outcome.ending in _DEATHS:
        said.append(outcome.stderr)
    broke = outcome.detail == BROKEN or any(each.type_name == "MemoryError" for each in found)
    return broke or any(claim in text for text in said for claim in CLAIMS)


def control_job(limits: Limits) -> Job:
    """Return the judge's own program that starts threads and maps memory within these limits, as a submission may."""
    size = limits.memory_mib << 19  # half of it: whoever holds more makes no claim
    return Job(
        source=CONTROL,
        entry="control",
        parameters=("threads", "size"),
        calls=((CONTROL_THREADS, size),),
        limits=limits,
    )


def refusal(control: Callable[[], Outcome]) -> str:
    """Return what the host lacks for `control`, which runs the judge's own program; empty for nothing."""
    try:
        outcome = control()
    except HostShortage as shortage:
        return str(shortage)
    if outcome.ending is Ending.FINISHED and outcome.evidence[0].raised is None:
        return ""
    return "a box can't have the threads and the memory that its limits allow"


def figures(groups: Path = _GROUPS, proc: Path = Path("/proc")) -> Figures:
    """Return the kernel's figures of the container that this process is in, and of the host."""
    refusals, exhausted = 0, ""
    for folder in (*_own(groups, proc, "pids"), *_own(groups, proc, "memory")):
        refusals += _counter(folder / "pids.events", "max") + _counter(folder / "memory.events", "oom")
        refusals += _counter(folder / "memory.oom_control", "oom_kill")
        if _full(folder / "pids.current", folder / "pids.max"):
            exhausted = "the container's limit of processes and threads is reached"
    with suppress(OSError, ValueError, IndexError):
        threads = int((proc / "loadavg").read_text().split()[3].split("/")[1])
        most = min(int((proc / "sys/kernel" / name).read_text()) for name in ("threads-max", "pid_max"))
        if threads > NEARLY * most:
            exhausted = "the host's limit of threads is reached"
    return Figures(refusals=refusals, exhausted=exhausted)


def _own(groups: Path, proc: Path, controller: str) -> list[Path]:
    """Return the folders that may hold this process's control group: version 1 or 2, in a container or not."""
    found = [groups, groups / controller]
    with suppress(OSError):
        for line in (proc / "self/cgroup").read_text().splitlines():
            _, names, path = line.split(":", 2)
            if not names:
                found.append(groups / path.lstrip("/"))
            elif controller in names.split(","):
                found.append(groups / controller / path.lstrip("/"))
    return list(dict.fromkeys(folder for folder in found if folder.is_dir()))


def _counter(file: Path, name: str) -> int:
    with suppress(OSError, ValueError):
        for line in file.read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == name:
                return int(value)
    return 0


def _full(current: Path, limit: Path) -> bool:
    with suppress(OSError, ValueError):
        return int(current.read_text()) >= NEARLY * int(limit.read_text())
    return False
