"""The meaning of a box's own end: a limit, a crash, a kill from outside, or an exit of its own."""

import signal

from judge.errors import BoxKilled
from judge.inside.messages import ChildEnded
from judge.limits import Limits
from judge.sandbox.box import Ending

MEMORY_SUSPICION = 0.85  # of the memory limit: a crash from there on is put down to memory
CPU_SLACK_SECONDS = 0.1  # the kernel ends a process at its CPU limit, up to a clock tick early
_CRASHES = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, 127}


def classify_exit(ended: ChildEnded, limits: Limits, *, memory_mb: float, stderr: bytes) -> tuple[Ending, str]:
    """Return what the end of a sealed box means, and a sentence for its submitter.

    Args:
        ended: exit code, or minus the signal, and CPU milliseconds.
        limits: those of the job.
        memory_mb: the most memory that the box was seen to use, in MiB.
        stderr: what is kept of its standard error.

    Raises:
        BoxKilled: somebody else ended it.
    """
    status = ended.status
    near_memory_limit = memory_mb > MEMORY_SUSPICION * limits.memory_mib
    out_of_cpu = ended.cpu_ms >= (limits.cpu_seconds - CPU_SLACK_SECONDS) * 1e3
    if status == -signal.SIGXCPU or (status == -signal.SIGKILL and out_of_cpu):
        return Ending.CPU_LIMIT, f"more than {limits.cpu_seconds:g} s of CPU time"
    if status == -signal.SIGSYS:
        return Ending.FORBIDDEN, "it made a system call that no solution needs, and the kernel ended it"
    if status == -signal.SIGKILL and not near_memory_limit:
        raise BoxKilled(memory_mb=memory_mb)  # it can't send itself this signal: see judge.inside.argument_filter
    out_of_memory = near_memory_limit or b"bad_alloc" in stderr or b"allocate memory" in stderr
    if status == -signal.SIGKILL or (status in _CRASHES and out_of_memory):
        return Ending.MEMORY_LIMIT, f"out of memory (limit {limits.memory_mib} MiB)"
    if status < 0:
        return Ending.KILLED, f"it was ended by signal {signal.Signals(-status).name}"
    return Ending.EXITED, f"it exited with status {status} before returning a result"
