"""What one child uses, by the parent's own means: CPU clock, resident memory, and what it prints."""

import time
from dataclasses import dataclass, field

from judge.limits import Limits
from judge.sandbox.base import Ending

MOVED_MS = 0.2  # less CPU time between two looks is no progress
FLOOD = 4  # times the output limit: then the child is ended, and was not only cut short


class Meter:
    """CPU milliseconds and memory of process `pid`; resident memory counts above what the fork began with."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self._status = f"/proc/{pid}/status"
        self._clock = (~pid << 3) | 2  # CLOCKFD of the kernel: the CPU clock of another process
        self._limits = limits
        self.started = time.perf_counter()
        self.cpu_ms = 0.0
        self._moved_at = self.started
        self._base_kib = self._resident_kib()
        self._peak_kib = self._base_kib

    def look(self) -> tuple[Ending, str] | None:
        """Read both; the limit that is passed, if one is, and how in words."""
        try:
            cpu_ms = time.clock_gettime(self._clock) * 1e3
        except OSError:
            return None  # it has ended
        if cpu_ms > self.cpu_ms + MOVED_MS:
            self._moved_at = time.perf_counter()
            self.cpu_ms = cpu_ms
        self._peak_kib = max(self._peak_kib, self._resident_kib())
        if self.memory_mb > self._limits.memory_mib:
            return Ending.MEMORY_LIMIT, f"more than {self._limits.memory_mib} MiB in use"
        if self.cpu_ms > self._limits.cpu_seconds * 1e3:
            return Ending.CPU_LIMIT, f"more than {self._limits.cpu_seconds:g} s of CPU time"
        if self.wall_ms > self._limits.wall_seconds * 1e3:
            detail = f"not done after {self._limits.wall_seconds:g} s, with {self.cpu_ms / 1e3:.1f} s of CPU time used"
            return Ending.WALL_LIMIT, detail
        return None

    @property
    def wall_ms(self) -> float:
        """Milliseconds since the submission could first run."""
        return (time.perf_counter() - self.started) * 1e3

    @property
    def idle_ms(self) -> float:
        """Milliseconds without CPU time."""
        return (time.perf_counter() - self._moved_at) * 1e3

    @property
    def memory_mb(self) -> float:
        """Peak resident memory above the empty box, in MiB."""
        return max(0, self._peak_kib - self._base_kib) / 1024

    def _resident_kib(self) -> int:
        try:
            with open(self._status) as file:
                rows = (line.split() for line in file if line.startswith(("RssAnon:", "RssShmem:")))
                return sum(int(row[1]) for row in rows)
        except (OSError, ValueError):
            return 0


@dataclass
class Output:
    """One of a child's two outputs: the first `limit` bytes are kept while it is visible, all of it is counted."""

    limit: int
    visible: bool = True
    total: int = 0
    kept: bytearray = field(default_factory=bytearray)

    def add(self, data: bytes) -> bool:
        """Take `data` in; whether this is a flood by now."""
        self.total += len(data)
        if self.visible:
            self.kept += data[: max(0, self.limit - len(self.kept))]
        return self.total > self.limit * FLOOD

    def text(self) -> str:
        """What was kept, as text; bytes that are none, and zeros, become U+FFFD."""
        return self.kept.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
