"""Classify the end of a child that the judge did not stop, by its exit status and what it was seen to use."""

import signal

from judge.errors import BoxKilled
from judge.inside.messages import Exited
from judge.limits import Limits
from judge.sandbox.box import Ending, StopReason

MEMORY_SUSPICION = 0.85  # of the limit: a crash from there on is put down to memory
CPU_MARGIN_SECONDS = 0.1  # below the limit: a kill from there on is put down to CPU time
_CRASHES = {-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, 127}
_MEMORY_WORDS = (b"bad_alloc", b"allocate memory")


def classify_exit(exited: Exited, limits: Limits, *, memory_mb: float, stderr: bytes) -> StopReason:
    """Return why a child ended. `memory_mb` is its peak, in MiB; `stderr` what it printed there.

    Raises BoxKilled where another process killed it.
    """
    status = exited.status
    near_limit = memory_mb > MEMORY_SUSPICION * limits.memory_mib
    used_up_cpu = exited.cpu_ms >= (limits.cpu_seconds - CPU_MARGIN_SECONDS) * 1e3
    if status == -signal.SIGXCPU or (status == -signal.SIGKILL and used_up_cpu):
        return StopReason(Ending.CPU_LIMIT, f"more than {limits.cpu_seconds:g} s of CPU time")
    if status == -signal.SIGSYS:
        return StopReason(Ending.FORBIDDEN, "it made a forbidden system call and was killed by the kernel")
    if status == -signal.SIGKILL and not near_limit:
        # It can't send itself this signal: see judge.inside.argument_filter.
        raise BoxKilled(memory_mb=memory_mb)
    short_of_memory = near_limit or any(words in stderr for words in _MEMORY_WORDS)
    if status == -signal.SIGKILL or (status in _CRASHES and short_of_memory):
        return StopReason(Ending.MEMORY_LIMIT, f"out of memory (limit {limits.memory_mib} MiB)")
    if status < 0:
        return StopReason(Ending.KILLED, f"it was killed by signal {signal.Signals(-status).name}")
    return StopReason(Ending.EXITED, f"it exited with status {status} before returning a result")
