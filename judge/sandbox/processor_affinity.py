"""Choose the processors of each slot's boxes: equal shares, apart from each other where there are enough.

2 slots, 4 processors   0 0 1 1        a slot's threads, however many, can't take another slot's processors
4 slots, 2 processors   02 13          two slots share one: judge.sandbox.processor_shares divides its time
1 slot                  0 0 0 0
"""

import math
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

CONTROL_GROUP = Path("/sys/fs/cgroup")
_ROTATION = secrets.randbelow(1 << 16)  # two judges of one host begin at different processors, mostly


def shares_of(slots: int, cores: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the processors of each of `slots` slots, of all `cores`; empty for a slot that may use any."""
    if slots < 2:
        return [()] * slots
    width = max(1, len(cores) // slots)
    groups = len(cores) // width
    return [tuple(sorted(cores[index % groups * width :][:width])) for index in range(slots)]


def cores_of(slots: int) -> list[tuple[int, ...]]:
    """Return the processors of each slot on this machine.

    Where a container may use less time than its processors have, only so many are handed out: the threads of one box
    on all of them would use up everybody's time at once.
    """
    cores = sorted(os.sched_getaffinity(0))
    rotation = _ROTATION % len(cores)
    turned = [*cores[rotation:], *cores[:rotation]]
    quota = quota_of(CONTROL_GROUP)
    return shares_of(slots, turned if quota is None else turned[: max(1, math.ceil(quota))])


def quota_of(folder: Path) -> float | None:
    """Return how many processors' time the container of control group `folder` may use; None for no such limit."""
    with suppress(OSError, ValueError):
        quota, period = (folder / "cpu.max").read_text().split()
        return int(quota) / int(period) if quota != "max" else None
    with suppress(OSError, ValueError):
        limit, length = (int((folder / "cpu" / f"cpu.cfs_{name}_us").read_text()) for name in ("quota", "period"))
        return limit / length if limit > 0 else None
    return None
