"""Which problems have a hot zygote: as many as memory allows, those that jobs want."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from judge.sandbox.box import WarmUp
from judge.sandbox.counts import Event, count
from judge.sandbox.fast_lane import Fork, HotZygote, Turns
from judge.sandbox.program_packs import Packs

HOT_MIB = 300  # of one hot zygote's own memory, at most, and of a fork that waits
SHARE = 0.5  # of the memory that is available at the start, for all of them together
LEAST, MOST = 2, 128
STAY_SECONDS = 60.0  # since its last job: until then a zygote gives its place to no other problem


def most_by_memory() -> int:
    """Return how many hot zygotes this machine's memory allows now."""
    try:
        with open("/proc/meminfo") as file:
            rows = dict(line.split(":", 1) for line in file)
        available_mib = int(rows["MemAvailable"].split()[0]) >> 10
    except (OSError, KeyError, ValueError, IndexError):
        return LEAST
    return max(LEAST, min(MOST, int(available_mib * SHARE / HOT_MIB)))


class HotZygotes:
    """The hot zygotes of one pool. Safe from any thread.

    A problem that finds no place is judged in the full lane, until it is asked for again soon, and another one was not
    asked for in that time. Were it to take the place of the one that was used longest ago at once, two problems too
    many would have all of them warm up in turn, and none of them judged in the fast lane.
    """

    def __init__(self, fork: Fork, packs: Packs, turns: Turns, most: int, now: Callable[[], float] = time.monotonic):
        """Have at most `most` at a time; 0 is as many as memory allows."""
        self.most = most or most_by_memory()
        self._fork, self._packs, self._turns, self._now = fork, packs, turns, now
        self._lock = threading.Lock()
        self._closed = False
        self._warm_ups: dict[str, WarmUp] = {}
        self._hot: OrderedDict[str, HotZygote] = OrderedDict()  # the one that was used longest ago first
        self._used: dict[str, float] = {}  # when each problem was asked for last

    def warm(self, warm_up: WarmUp) -> HotZygote | None:
        """Return the hot zygote of a package, started in the background if needed; None where there is no place."""
        with self._lock:
            self._warm_ups[warm_up.package] = warm_up
        return self.of(warm_up.package)

    def of(self, package: str) -> HotZygote | None:
        """Return the hot zygote of a package that was warmed up before; started again if it gave its place away."""
        with self._lock:
            warm_up = self._warm_ups.get(package)
            if self._closed or warm_up is None:
                return None
            hot, gone = self._hot.get(package), None
            if hot is None:
                if len(self._hot) >= self.most and (gone := self._place_for(package)) is None:
                    count(Event.REFUSED)
                    return None
                hot = self._start(warm_up, Event.STARTED)
            elif hot.needs_replacement:
                gone, hot = hot, self._start(warm_up, Event.REPLACED)
            self._hot.move_to_end(package)
            self._used[package] = self._now()
        if gone is not None:
            gone.close()
        return hot

    def started(self, package: str) -> HotZygote | None:
        """Return the hot zygote of a package that is there now; None where there is none."""
        with self._lock:
            return self._hot.get(package)

    def close(self) -> None:
        """End them all; none is started from now on."""
        with self._lock:
            self._closed = True
        for hot in self._hot.values():
            hot.close()

    def _start(self, warm_up: WarmUp, event: Event) -> HotZygote:
        count(event)
        hot = self._hot[warm_up.package] = HotZygote(warm_up, self._fork, self._packs, self._turns)
        return hot

    def _place_for(self, package: str) -> HotZygote | None:
        """Take the place of the one that was used longest ago; None where it has to stay."""
        longest_unused, now = next(iter(self._hot)), self._now()
        asked, self._used[package] = self._used.get(package, -STAY_SECONDS), now
        if now - asked >= STAY_SECONDS or now - self._used[longest_unused] < STAY_SECONDS:
            return None
        count(Event.EVICTED)
        return self._hot.pop(longest_unused)
