"""Run a job again where others may be why it failed: they killed its box, or took the last thread of the host."""

import signal
import time
from collections.abc import Callable

from judge.errors import BoxKilled, HostShortage, SandboxFault
from judge.sandbox.box import Ending, Outcome
from judge.sandbox.host_shortage import claims_shortage, figures, refusal

RUNS = 3  # of a job whose box was killed, or lacked what the host had run out of, before the caller has to wait
BETWEEN_RUNS_SECONDS = 0.2
# No program is ended by another signal for what it does: an operator, or an init system that stops the judge, sends it.
CRASHES = {
    signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGSEGV, signal.SIGSYS, signal.SIGTRAP,
    signal.SIGXCPU,
}  # fmt: skip
GREEDY_SHARE = 0.5  # of the memory limit: a job killed for want of memory with more than that each time used it up


def run_undisturbed(run: Callable[[], Outcome], memory_limit_mib: int, control: Callable[[], Outcome]) -> Outcome:
    """Run a job until others are not why it failed, at most RUNS times; return its outcome.

    A claim that neither the kernel's figures nor `control`, the judge's own program, confirm is worth one more run,
    whose outcome counts; so is the end by a signal that others may have sent. Raises BoxKilled and HostShortage where
    no run was free of others.
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
            claims = claims_shortage(outcome, memory_limit_mib)
            if not claims and not _was_sent_a_signal(outcome):
                return outcome
            lacking = (figures().shortage_since(before) or refusal(control)) if claims else ""
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


def _was_sent_a_signal(outcome: Outcome) -> bool:
    return outcome.ending is Ending.KILLED and bool(outcome.signal) and outcome.signal not in CRASHES
