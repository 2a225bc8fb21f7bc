"""Why a child ended, by its exit status and what it used."""

import signal

import pytest

from judge.errors import BoxKilled
from judge.inside.messages import Exited
from judge.limits import Limits
from judge.sandbox.box import Ending
from judge.sandbox.exits import classify_exit

LIMITS = Limits(cpu_seconds=2, memory_mib=100)
KILL, XCPU, SYS, SEGV, ABRT = (
    -number for number in (signal.SIGKILL, signal.SIGXCPU, signal.SIGSYS, signal.SIGSEGV, signal.SIGABRT)
)
CPU, MEMORY = "more than 2 s of CPU time", "out of memory (limit 100 MiB)"


@pytest.mark.parametrize(
    ("status", "cpu_ms", "memory_mb", "stderr", "ending", "detail"),
    [
        (0, 0, 0, b"", Ending.EXITED, "it exited with status 0 before returning a result"),
        (3, 0, 99, b"", Ending.EXITED, "it exited with status 3 before returning a result"),
        (XCPU, 0, 0, b"", Ending.CPU_LIMIT, CPU),
        (KILL, 1950, 0, b"", Ending.CPU_LIMIT, CPU),
        (KILL, 1950, 99, b"", Ending.CPU_LIMIT, CPU),
        (KILL, 10, 86, b"", Ending.MEMORY_LIMIT, MEMORY),
        (SYS, 0, 0, b"", Ending.FORBIDDEN, "it made a forbidden system call and was killed by the kernel"),
        (SEGV, 0, 0, b"", Ending.KILLED, "it was killed by signal SIGSEGV"),
        (SEGV, 0, 86, b"", Ending.MEMORY_LIMIT, MEMORY),
        (ABRT, 0, 0, b"terminate called: std::bad_alloc", Ending.MEMORY_LIMIT, MEMORY),
        (127, 0, 0, b"cannot allocate memory in static TLS block", Ending.MEMORY_LIMIT, MEMORY),
        (127, 0, 0, b"", Ending.EXITED, "it exited with status 127 before returning a result"),
        (-signal.SIGTERM, 0, 99, b"", Ending.KILLED, "it was killed by signal SIGTERM"),
    ],
)
def test_a_status_means(
    status: int, cpu_ms: float, memory_mb: float, stderr: bytes, ending: Ending, detail: str
) -> None:
    exited = Exited(id=1, status=status, cpu_ms=cpu_ms)
    assert classify_exit(exited, LIMITS, memory_mb=memory_mb, stderr=stderr) == (ending, detail)


def test_a_kill_that_no_limit_explains_came_from_outside() -> None:
    with pytest.raises(BoxKilled) as killed:
        classify_exit(Exited(id=1, status=KILL, cpu_ms=10), LIMITS, memory_mb=84, stderr=b"")
    assert killed.value.memory_mb == 84
