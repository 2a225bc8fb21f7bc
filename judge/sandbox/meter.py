"""Measure what one child uses, by the parent's own means: CPU clock, memory, threads, and what it prints."""

import os
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from judge.errors import BoxKilled
from judge.inside.layers import MAX_THREADS
from judge.limits import Limits
from judge.sandbox.box import Ending, StopReason
from judge.sandbox.processor_shares import SHARES, runnable_threads

STOPPED_SECONDS = 5.0  # by somebody else's SIGSTOP: after that the box is run again
WAIT_CHECK_MS = 30.0  # without CPU time: then whether it waits for a processor is looked at
LATE_SECONDS = 0.1  # between two looks; beyond, it was the judge that did not run, and a child may have waited for it
MOVED_MS = 0.2  # with less CPU time between two looks it makes no progress
MOST_STRETCH = 10.0  # times the wall limit: so long may a child wait for a processor on a busy host
MEMORY_ROWS = (  # together at least what the kernel charges a box that began as a copy
    "RssAnon:",
    "RssShmem:",
    "VmSwap:",  # what was written out for want of memory
    "VmPTE:",  # page tables, which a reader of empty memory can fill
)
MINOR_FAULTS = 7  # of the words of /proc/PID/stat after the name
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
STOPPED = b"T"
WANTING = b"RD"  # states of a thread that runs or wants to, or waits for a disk
FLOOD = 4  # times the output limit: then the child is ended, and was not only cut short


def cpu_ms_of(pid: int) -> float:
    """Return the CPU milliseconds that a process has used; 0 after its end."""
    try:
        return time.clock_gettime((~pid << 3) | 2) * 1e3  # CLOCKFD of the kernel: the CPU clock of another process
    except OSError:
        return 0.0


class Meter:
    """CPU milliseconds and memory of process `pid`; memory counts above what the fork began with."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self._folder = Path(f"/proc/{pid}")
        self._limits = limits
        self.started = time.perf_counter()
        self.cpu_ms = 0.0
        self._moved_at = self._looked_at = self.started
        self._idle_seconds = self._stopped_seconds = 0.0
        self._late_seconds = self._waited_seconds = 0.0  # of the judge, and of the child for a processor or a disk
        self._pid = pid
        self._base_kib, self.threads = self._status()
        self._peak_kib = self._base_kib

    def look(self) -> StopReason | None:
        """Read CPU time, memory and threads; return the limit that is passed, if one is.

        Raises BoxKilled where the child was stopped by somebody else for too long.
        """
        cpu_ms = cpu_ms_of(self._pid)
        if not cpu_ms:
            return None  # it has ended
        now, looked_at = time.perf_counter(), self._looked_at
        self._looked_at = now
        late = max(0.0, now - looked_at - LATE_SECONDS)
        self._late_seconds += late
        self._moved_at += late
        if cpu_ms > self.cpu_ms + MOVED_MS:
            self._moved_at = now
            self.cpu_ms = cpu_ms
        elif self.idle_ms > WAIT_CHECK_MS:
            if self._waits():
                self._waited_seconds += now - looked_at - late
                self._moved_at = now
            elif runnable_threads(self._pid, 1, STOPPED) > 0:
                self._count_stop(now - looked_at - late)
            else:
                self._idle_seconds += max(0.0, now - max(looked_at, self._moved_at))
        memory_kib, threads = self._status()
        self.threads = max(self.threads, threads)
        self._peak_kib = max(self._peak_kib, memory_kib)
        if self.memory_mb > self._limits.memory_mib:
            return StopReason(Ending.MEMORY_LIMIT, f"more than {self._limits.memory_mib} MiB in use")
        if self.cpu_ms > self._limits.cpu_seconds * 1e3:
            return StopReason(Ending.CPU_LIMIT, f"more than {self._limits.cpu_seconds:g} s of CPU time")
        if self._idle_seconds > self._limits.cpu_seconds:
            detail = f"idle for more than {self._limits.cpu_seconds:g} s, neither computing nor waiting for a processor"
            return StopReason(Ending.WALL_LIMIT, detail)
        if threads > MAX_THREADS:  # the resource limit holds it only where the user is the slot's own
            return StopReason(Ending.KILLED, f"more than {MAX_THREADS} threads")
        if self._too_late():
            detail = (
                f"not finished after {self._limits.wall_seconds:g} s, with {self.cpu_ms / 1e3:.1f} s of CPU time used"
            )
            return StopReason(Ending.WALL_LIMIT, detail)
        return None

    def moved(self) -> None:
        """Count the time until now as no idleness."""
        self._moved_at = time.perf_counter()

    def leave_out(self, seconds: float) -> None:
        """Count the last `seconds` neither as wall time nor as idleness."""
        self.started += seconds
        self._moved_at += seconds
        self._looked_at += seconds

    @property
    def wall_ms(self) -> float:
        """Return the milliseconds since the submission could first run."""
        return (time.perf_counter() - self.started) * 1e3

    @property
    def idle_ms(self) -> float:
        """Return the milliseconds without CPU time, and without waiting for a processor or for the judge.

        As of the last look: whoever asks may be held up in between, and the child be at work.
        """
        return max(0.0, self._looked_at - self._moved_at) * 1e3

    @property
    def memory_mb(self) -> float:
        """Return the peak of resident memory above the empty box, in MiB."""
        return max(0, self._peak_kib - self._base_kib) / 1024

    def copied_mb(self) -> float:
        """Return the MiB that it was the first to touch, or got its own copy of: a fork's copies are not growth."""
        try:
            with open(self._folder / "stat") as file:
                faults = int(file.read().rpartition(")")[2].split()[MINOR_FAULTS])
        except (OSError, ValueError, IndexError):
            return 0.0  # it has ended
        return faults * PAGE_BYTES / (1 << 20)

    def _count_stop(self, seconds: float) -> None:
        """Leave out the time of a stop from outside: no box can stop itself. Raises BoxKilled where it takes long."""
        self.started += seconds
        self._moved_at += seconds
        self._stopped_seconds += seconds
        if self._stopped_seconds > STOPPED_SECONDS:
            raise BoxKilled("a box was stopped from outside", memory_mb=self.memory_mb)

    def _too_late(self) -> bool:
        """Return True if its wall time is up; neither waiting on a busy host nor the judge's own absence counts."""
        limit_ms = self._limits.wall_seconds * 1e3
        if self.wall_ms <= limit_ms:
            return False
        waited_ms = max(self._queued_ms() + SHARES.paused_ms(self._pid), self._waited_seconds * 1e3)
        own_ms = self.wall_ms - self._late_seconds * 1e3 - waited_ms
        return own_ms > limit_ms or self.wall_ms > limit_ms * MOST_STRETCH

    def _waits(self) -> bool:
        """Return True if one of its threads wants a processor or a disk, or it was stopped in favour of others."""
        return SHARES.is_paused(self._pid) or runnable_threads(self._pid, 1, WANTING) > 0

    def _queued_ms(self) -> float:
        """Return the milliseconds for which its longest waiting thread could have run and had no processor."""
        try:
            files = [thread / "schedstat" for thread in (self._folder / "task").iterdir()]
            return max(int(file.read_text().split()[1]) for file in files) / 1e6
        except (OSError, ValueError, IndexError):
            return 0.0  # it has ended, or the kernel doesn't count

    def _status(self) -> tuple[int, int]:
        """Return (memory in KiB, threads) as the kernel counts them; (0, 0) after the child's exit."""
        memory_kib = threads = 0
        try:
            with open(self._folder / "status") as file:
                for line in file:
                    if line.startswith(MEMORY_ROWS):
                        memory_kib += int(line.split()[1])
                    elif line.startswith("Threads:"):
                        threads = int(line.split()[1])
        except (OSError, ValueError):
            return 0, 0
        return memory_kib, threads


@dataclass
class Output:
    """One of a child's two outputs: the first `limit` bytes are kept while it is visible, all of it is counted.

    `ends` are the places in `kept` at which a part ends: what was printed while loading, then by each call.
    """

    limit: int
    visible: bool = True
    total: int = 0
    kept: bytearray = field(default_factory=bytearray)
    ends: list[int] = field(default_factory=list)

    def add(self, data: bytes) -> bool:
        """Take `data` in; return True if this is a flood by now."""
        self.total += len(data)
        if self.visible:
            self.kept += data[: max(0, self.limit - len(self.kept))]
        return self.total > self.limit * FLOOD

    def end_part(self, number: int) -> None:
        """End the part `number`, from 0, unless that was done."""
        if len(self.ends) == number:
            self.ends.append(len(self.kept))

    def text(self) -> str:
        """Return what was kept, as text; bytes that aren't text, and zeros, become U+FFFD."""
        return _text(self.kept)

    def parts(self) -> tuple[str, ...]:
        """Return the same part by part; the last one may not have ended."""
        bounds = [0, *self.ends, len(self.kept)]
        found = tuple(_text(self.kept[start:end]) for start, end in pairwise(bounds))
        return found if found[-1] else found[:-1]


def _text(raw: bytearray) -> str:
    return raw.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
