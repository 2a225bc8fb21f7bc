"""Runs the references of a server: one at a time, apart from the judging slots, the most urgent first."""

import threading
import time
from dataclasses import dataclass
from enum import IntEnum

from judge.errors import JudgeError, PackageFault, as_judge_error
from judge.grading.reference import Expectations
from judge.problems.problem import Problem
from judge.sandbox.box import Box

QUEUE = 64  # references that wait for their run; a submission that needs another is retried later
FIRST_RUN_SECONDS = 2.0  # what a run is expected to take before one was measured
LEAST_WAIT_SECONDS, MOST_WAIT_SECONDS = 1.0, 60.0  # until a submission whose values are missing is retried
RETRIES_PER_SECOND = 20.0  # of all such submissions: a retry costs two transactions, and goes before others


class ReferencePending(JudgeError):
    """The reference's values for this seed are being computed; the submission waits in the queue."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds  # after which a retry may find them


class Urgency(IntEnum):
    """The order in which waiting references run, the lowest first."""

    WANTED = 0  # a judging waits for the cases that the server draws for everyone
    PREPARED = 1  # no judging waits yet
    CHOSEN = 2  # a judging waits for a seed that its submitter chose


@dataclass
class _Order:
    """A reference that waits for its run, or runs now."""

    problem: Problem
    seed: int
    urgency: Urgency


class References:
    """Runs references for new seeds: one at a time, in a separate box and thread, and each only once.

    The thread is a daemon, and starts with the first order. It ends with the process, since boxes depend on the thread
    that started them.
    """

    def __init__(self, expectations: Expectations, box: Box) -> None:
        self._expectations = expectations
        self._box = box
        self._orders: dict[tuple[str, int], _Order] = {}  # by slug and seed; the oldest first
        self._running: tuple[str, int] | None = None
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._run_seconds = FIRST_RUN_SECONDS
        self._began = 0.0
        self._last_retry = 0.0  # when the last of the submissions without values is retried, monotonic clock

    def ordered(self, problem: Problem, seed: int) -> bool:
        """Return True if the reference waits for its run, or runs now."""
        with self._changed:
            return (problem.slug, problem.canonical_seed(seed)) in self._orders

    def has_room(self, problem: Problem, seed: int) -> bool:
        """Return True if one more may be ordered; there is always room for the seed that everyone gets."""
        with self._changed:
            return not problem.canonical_seed(seed) or len(self._orders) < QUEUE

    def order(self, problem: Problem, seed: int, urgency: Urgency | None = None) -> float:
        """Queue the reference, unless it is queued already, and return the seconds until its values may be there.

        If the queue is full, a seed that a submitter chose is not queued; a retry may find a place.
        """
        seed = problem.canonical_seed(seed)
        if urgency is None:
            urgency = Urgency.CHOSEN if seed else Urgency.WANTED
        with self._changed:
            key = (problem.slug, seed)
            if key not in self._orders and len(self._orders) >= QUEUE and urgency is Urgency.CHOSEN:
                return self._spread(MOST_WAIT_SECONDS / 2)
            order = self._orders.setdefault(key, _Order(problem, seed, urgency))
            order.urgency = min(order.urgency, urgency)
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="references", daemon=True)
                self._thread.start()
            self._changed.notify_all()
            seconds = self._seconds(key)
            return seconds if urgency is Urgency.PREPARED else self._spread(seconds)

    def wait(self, problem: Problem, seed: int) -> None:
        """Wait until the reference neither runs nor waits for its run."""
        key = (problem.slug, problem.canonical_seed(seed))
        with self._changed:
            self._changed.wait_for(lambda: self._closed or key not in self._orders)

    def close(self) -> None:
        """Start no more runs; the one that runs now ends with its box."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _in_turn(self) -> list[tuple[str, int]]:
        return sorted(self._orders, key=lambda key: (key != self._running, self._orders[key].urgency))

    def _seconds(self, key: tuple[str, int]) -> float:
        place = self._in_turn().index(key) + 1
        elapsed = time.monotonic() - self._began if self._running else 0.0
        return max(LEAST_WAIT_SECONDS, place * self._run_seconds - elapsed)

    def _spread(self, seconds: float) -> float:
        """Return `seconds`, or more if many are to be retried, so that they are not retried all at once."""
        now = time.monotonic()
        self._last_retry = max(now + max(LEAST_WAIT_SECONDS, seconds), self._last_retry + 1 / RETRIES_PER_SECOND)
        self._last_retry = min(self._last_retry, now + MOST_WAIT_SECONDS)
        return min(self._last_retry - now, MOST_WAIT_SECONDS)

    def _next(self) -> _Order | None:
        """Wait for the next order and return it; None after `close`."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._orders)
            if self._closed:
                return None
            self._running, self._began = self._in_turn()[0], time.monotonic()
            return self._orders[self._running]

    def _serve(self) -> None:
        while (order := self._next()) is not None:
            self._run(order)
            with self._changed:
                self._run_seconds += (time.monotonic() - self._began - self._run_seconds) / 2
                self._orders.pop((order.problem.slug, order.seed))
                self._running = None
                self._changed.notify_all()

    def _run(self, order: _Order) -> None:
        problem, seed = order.problem, order.seed
        try:
            self._expectations.of(problem, seed, problem.cases(seed), self._box)
        except PackageFault:
            pass  # kept by the expectations, which raise it again for every caller
        except Exception as error:
            self._expectations.fail(problem, seed, as_judge_error(error))
