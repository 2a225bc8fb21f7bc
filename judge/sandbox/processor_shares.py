"""Share the processors equally among the boxes that run at the same time, however many threads they start.

The kernel shares a processor by threads. Where nothing groups them by box (it does so by session outside of
containers, and by control group where one can be made, which a container can't), a box of a hundred threads leaves its
neighbour one part in a hundred. So while one box waits for a processor, each box that runs more than one thread at
once takes turns: it is stopped twice as long as it ran, each time the other one is found waiting.

    looks        |         |         |         |         |
    the greedy   ##########..................... #########......
    its sibling  .         ########################       #####     two thirds of the time, so 1.5 times slower

Nothing is stopped while nobody waits. A stop counts neither as idleness nor as wall time: see judge.sandbox.meter.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from judge.errors import SandboxFault
from judge.sandbox.zygote_connection import ChildProcess, ZygoteConnection

LOOK_SECONDS = 0.01
PAUSE = 2.0  # times as long as it ran: the box that waits has two thirds of the time
LONGEST_TURN = 0.5
RECENT = 0.3  # weight of the last look
AHEAD = 1.25  # times as much CPU time as the box that waits
SETTLED_SECONDS = 0.03  # before that a box is not looked at: most of them are done by then
ENOUGH = 0.8  # of one processor: a box that has that much is not waiting
SIDE_SHARE = 0.3  # of a box's CPU time: less than that in other threads than the first does not make a crowd
GREEDY_THREADS = 2  # that run or could run
_PROCESS_CLOCK = 2  # of the kernel's clock ids: the CPU clock of another process


@dataclass(eq=False)
class _Running:
    """One box at work: its process, and the account of its pauses."""

    connection: ZygoteConnection
    child: ChildProcess
    cores: frozenset[int]
    started: float
    cpu: tuple[float, float] = (0.0, 0.0)  # seconds of all of its threads, and of its first one
    got: float = 0.0  # CPU seconds between the last two looks
    others_got: float = 0.0  # of these, those of other threads than the first
    recent: float = 0.0  # of a processor, while it was not paused
    paused_at: float | None = None
    paused_until: float = 0.0
    resumed_at: float = 0.0
    paused_seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    gone: bool = False

    def meets(self, other: "_Running") -> bool:
        """Return whether `other` is another box that may use one of the same processors."""
        return self is not other and (not self.cores or not other.cores or not self.cores.isdisjoint(other.cores))

    def count(self, elapsed: float) -> None:
        """Count the CPU time that it got since the last look."""
        pid = self.child.pid
        with suppress(OSError):  # it has ended
            every = time.clock_gettime((~pid << 3) | _PROCESS_CLOCK)
            first = _first_thread_seconds(pid)
            self.got = every - self.cpu[0]
            self.others_got = self.got - (first - self.cpu[1])
            self.cpu = every, first
            if self.paused_at is None:
                self.recent += RECENT * (self.got / elapsed - self.recent)

    def pause(self, now: float, times: float) -> None:
        """Stop it for `times` as long as it has run since the last pause."""
        with self.lock:
            if not self.gone and self.paused_at is None:
                self.connection.signal(self.child, signal.SIGSTOP)
                self.paused_at = now
                self.paused_until = now + times * min(now - self.resumed_at, LONGEST_TURN)

    def resume(self) -> None:
        """Resume it, if it is paused."""
        with self.lock:
            if not self.gone and self.paused_at is not None:
                self.resumed_at = time.perf_counter()  # it runs from here on, though a crowd takes a while to wake
                self.connection.signal(self.child, signal.SIGCONT)
                self.paused_seconds += self.resumed_at - self.paused_at
                self.paused_at = None

    def leave(self) -> None:
        """Resume it, and do nothing more to it."""
        with suppress(SandboxFault, OSError):
            self.resume()
        with self.lock:
            self.gone = True


class Shares:
    """Pauses and resumes the boxes of this process, in a thread that sleeps while fewer than two of them run."""

    def __init__(self) -> None:
        self._boxes: dict[int, _Running] = {}  # by process id
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def running(self, connection: ZygoteConnection, child: ChildProcess, cores: Sequence[int]) -> Iterator[None]:
        """Look after `child` of `connection` meanwhile; `cores` are the processors that it may use, empty for all."""
        box = _Running(connection=connection, child=child, cores=frozenset(cores), started=time.perf_counter())
        box.resumed_at = box.started
        with self._changed:
            self._boxes[child.pid] = box
            if len(self._boxes) > 1:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._look_after, name="processor-shares", daemon=True)
                    self._thread.start()
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                del self._boxes[child.pid]
            box.leave()

    def paused_ms(self, pid: int) -> float:
        """Return the milliseconds for which process `pid` was stopped in favour of others."""
        box = self._boxes.get(pid)
        if box is None:
            return 0.0
        since = box.paused_at
        return (box.paused_seconds + (time.perf_counter() - since if since is not None else 0.0)) * 1e3

    def is_paused(self, pid: int) -> bool:
        """Return whether process `pid` is stopped in favour of others now."""
        box = self._boxes.get(pid)
        return box is not None and box.paused_at is not None

    def _look_after(self) -> None:
        last = time.perf_counter()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._boxes) > 1 or self._any_paused())
                boxes = list(self._boxes.values())
            time.sleep(LOOK_SECONDS)
            now = time.perf_counter()
            with suppress(SandboxFault, OSError):  # a zygote that exited: its driver notices
                _look(boxes, now, now - last)
            last = now

    def _any_paused(self) -> bool:
        return any(box.paused_at is not None for box in self._boxes.values())


def _look(boxes: list[_Running], now: float, elapsed: float) -> None:
    """Resume the boxes whose pause is over; pause the greedy ones where another box waits."""
    for box in boxes:
        box.count(elapsed)
        if box.paused_at is not None and (now >= box.paused_until or not any(map(box.meets, boxes))):
            box.resume()
    settled = [box for box in boxes if box.paused_at is None and now > box.started + SETTLED_SECONDS]
    crowds = [box for box in settled if box.others_got > SIDE_SHARE * box.got and len(settled) > 1]
    greedy = [box for box in crowds if runnable_threads(box.child.pid, GREEDY_THREADS) == GREEDY_THREADS]
    for one in greedy:
        short = [box for box in settled if box.got < ENOUGH * elapsed and box.recent * AHEAD < one.recent]
        if any(box.meets(one) and runnable_threads(box.child.pid, 1) for box in short):
            one.pause(now, PAUSE * sum(map(one.meets, greedy), 1))


def _first_thread_seconds(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/task/{pid}/schedstat", "rb") as file:
            return int(file.read().split()[0]) / 1e9
    except (FileNotFoundError, IndexError):  # a kernel that does not count it: all is put down to other threads
        return 0.0


def runnable_threads(pid: int, enough: int, states: bytes = b"R") -> int:
    """Return how many threads of `pid` run or wait for a processor, or are in `states`, counted up to `enough`."""
    found = 0
    try:
        with os.scandir(f"/proc/{pid}/task") as threads:
            for thread in threads:
                found += _is_in(thread.path, states)
                if found >= enough:
                    break
    except OSError:
        return 0  # it has ended
    return found


def _is_in(thread: str, states: bytes) -> bool:
    try:
        with open(f"{thread}/stat", "rb") as file:
            state = file.read(512).rpartition(b") ")[2][:1]
            return bool(state) and state in states
    except OSError:
        return False


SHARES = Shares()  # of this process: its pools share one machine
