"""Copy pages ahead: those that every job of a hot zygote writes to, learnt once in a trial fork.

A fork shares its zygote's memory, and is given a copy of a page when it first writes there: some 6,000 times in its
first call, which takes longer than the call itself. A fork that waits for its submission has the time to ask for all
of those copies at once. It changes no byte of them.
"""

import os
import select
import signal
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from . import syscalls

TRIAL_SECONDS = 20.0  # a trial that hangs, as any fork of a hot zygote may, is given up
PAGE = os.sysconf("SC_PAGE_SIZE")
GAP = 1  # pages between two ranges that are copied along: a call to the kernel costs more
_EXCLUSIVE, _PRESENT = 1 << 56, 1 << 63  # of an entry of /proc/self/pagemap
_HEAD = struct.Struct("<dd")


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """`ranges` of memory (address, bytes) that a job writes to.

    A fork that waits for its job takes `pss_mib` of memory, its share of what is shared, and `unique_mib` alone.
    """

    ranges: tuple[tuple[int, int], ...] = ()
    pss_mib: float = 0.0
    unique_mib: float = 0.0


def learn(trial: Callable[[], object]) -> Learnt:
    """Return what a job writes to, seen in a fork that runs `trial`; nothing where that fails or takes too long."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        _try(trial, writing)
    os.close(writing)
    with open(reading, "rb", buffering=0) as pipe:
        report = _read_all(pipe.fileno())
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    if len(report) < _HEAD.size:
        return Learnt()
    pss, own = _HEAD.unpack_from(report)
    numbers = np.frombuffer(report, np.int64, offset=_HEAD.size).reshape(-1, 2)
    return Learnt(ranges=tuple((int(start), int(size)) for start, size in numbers), pss_mib=pss, unique_mib=own)


def copy(learnt: Learnt) -> None:
    """Give this process its own copies of the pages. A range that the kernel refuses is left for later."""
    for address, size in learnt.ranges:
        syscalls.populate(address, size)


def _try(trial: Callable[[], object], writing: int) -> NoReturn:
    try:
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)  # else its own files in /proc are root's
        regions = _regions()
        trial()
        ranges = _written(regions)
        report = _HEAD.pack(*_usage()) + np.array(ranges, np.int64).tobytes()
        with open(writing, "wb") as pipe:
            pipe.write(report)
    finally:
        os._exit(0)


def _regions() -> list[tuple[int, int]]:
    """Return (first page, number of pages) of each part of memory that is private and can be written to."""
    regions = []
    with open("/proc/self/maps") as file:
        for line in file:
            span, access, *_ = line.split()
            if access.startswith("rw") and access.endswith("p"):
                start, end = (int(each, 16) // PAGE for each in span.split("-"))
                regions.append((start, end - start))
    return regions


def _written(regions: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges (address, bytes) of pages of `regions` that this process does not share with the zygote."""
    ranges = []
    with open("/proc/self/pagemap", "rb", buffering=0) as file:
        for first, count in regions:
            file.seek(first * 8)
            entries = np.frombuffer(file.read(count * 8), np.uint64)
            own = np.flatnonzero((entries & (_EXCLUSIVE | _PRESENT)) == (_EXCLUSIVE | _PRESENT))
            if own.size:
                runs = np.split(own, np.flatnonzero(np.diff(own) > 1 + GAP) + 1)
                ranges += [(int(first + run[0]) * PAGE, int(run[-1] - run[0] + 1) * PAGE) for run in runs]
    return ranges


def _usage() -> tuple[float, float]:
    """Return (proportional, private) MiB of this process."""
    with open("/proc/self/smaps_rollup") as file:
        rows = {line.split()[0]: int(line.split()[1]) for line in file if line.endswith("kB\n")}
    return rows["Pss:"] / 1024, rows["Private_Dirty:"] / 1024


def _read_all(descriptor: int) -> bytes:
    report = b""
    while select.select([descriptor], [], [], TRIAL_SECONDS)[0]:
        data = os.read(descriptor, 1 << 16)
        if not data:
            return report
        report += data
    return b""
