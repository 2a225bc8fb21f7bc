"""Run a job again where others may be why it failed: they killed its box, or took the last thread of the host."""

import time
from collections.abc import Callable

from judge.errors import BoxKilled, HostShortage, SandboxFault
from judge.sandbox.box import Ending, Outcome
from judge.sandbox.host_shortage import claims_shortage, figures

RUNS = 3  # of a job whose box was killed, or lacked what the host had run out of, before the caller has to wait
BETWEEN_RUNS_SECONDS = 0.2
GREEDY_SHARE = 0.5  # of the memory limit: a job killed for want of memory with more than that each time used it up


def run_undisturbed(run: Callable[[], Outcome], memory_limit_mib: int) -> Outcome:
    """Run a job until others are not why it failed, at most RUNS times; return its outcome.

    A claim that the kernel's figures do not confirm is worth one more run, whose outcome counts. Raises BoxKilled and
    HostShortage where no run was free of others.
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
            if not claims_shortage(outcome, memory_limit_mib):
                return outcome
            lacking = figures().shortage_since(before)
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
