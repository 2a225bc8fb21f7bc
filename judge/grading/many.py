"""Grades many submissions without a server: in parallel, with reports in the order given."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

from judge.grading.grader import Grader
from judge.grading.patience import grade_patiently
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.submission import Submission
from judge.verdict import Verdict

PATIENCE = 60.0  # seconds that a first submission waits for its problem's programs, compiled once for all later ones
REMEMBERED = 1_000  # reports, for submissions that come again
AHEAD = 2  # submissions a slot that wait in memory beyond those being graded
Key = TypeVar("Key")


@contextmanager
def open_grader(catalog: Catalog, cache_dir: Path, slugs: Iterable[str], *, jobs: int) -> Iterator[Grader]:
    """Open a grader for submissions to `slugs`, one slug a submission, and close it at the end.

    Raises UnknownProblem, PackageFault.
    """
    grader = Grader(catalog, cache_dir, jobs, patience=PATIENCE)
    try:
        warm_for(grader, slugs)
        yield grader
    finally:
        grader.close()


def warm_for(grader: Grader, slugs: Iterable[str]) -> None:
    """Start the hot zygotes of these problems: even for one submission that takes less time than the full lane."""
    for slug in dict.fromkeys(slugs):
        grader.warm(slug)


def grade_all(
    grader: Grader,
    submissions: Iterable[tuple[Key, Submission]],
    *,
    jobs: int = 1,
    seed: int = 0,
    first_failure: bool = False,
    on_done: Callable[[Key, Report], None] | None = None,
) -> Iterator[tuple[Key, Report]]:
    """Yield (key, report) of each submission, in the order given; grade `jobs` at a time.

    Takes from `submissions` only as it goes, so that thousands need no memory. Of equal ones that are not far from each
    other one is graded, and its report stands for all. After a fault of the judge or its host a submission is retried a
    few times; then its report is a `judge_error`.

    Args:
        grader: has at least `jobs` slots.
        submissions: pairs of a key and a submission.
        jobs: how many are graded at the same time.
        seed: draws the hidden cases; 0 is each problem's own.
        first_failure: end each with its first failing case.
        on_done: called with a key and its report as soon as it is graded, on the slot's thread.
    """
    slots: SimpleQueue[int] = SimpleQueue()
    for slot in range(jobs):
        slots.put(slot)

    def grade(submission: Submission) -> Report:
        slot = slots.get()
        try:
            return grade_patiently(grader, submission, slot=slot, seed=seed, first_failure=first_failure)
        finally:
            slots.put(slot)

    waiting: deque[tuple[Key, Future[Report]]] = deque()
    with ThreadPoolExecutor(jobs, thread_name_prefix="slot") as threads:
        known = _Known(lambda submission: threads.submit(grade, submission))
        for key, submission in submissions:
            waiting.append((key, future := known.report(submission)))
            if on_done is not None:
                future.add_done_callback(partial(_report_done, on_done, key))
            if len(waiting) >= jobs * (1 + AHEAD):
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


class _Known:
    """Orders one report for equal submissions, and another one where that was the judge's fault."""

    def __init__(self, order: Callable[[Submission], Future[Report]]) -> None:
        self._order = order
        self._reports: OrderedDict[Submission, Future[Report]] = OrderedDict()  # the oldest first

    def report(self, submission: Submission) -> Future[Report]:
        """Return the report on `submission`, ordered now unless an equal one's will do."""
        future = self._reports.get(submission)
        if future is None or (future.done() and future.result().verdict is Verdict.JUDGE_ERROR):
            future = self._reports[submission] = self._order(submission)
            if len(self._reports) > REMEMBERED:
                self._reports.popitem(last=False)
        return future


def _report_done(on_done: Callable[[Key, Report], None], key: Key, future: Future[Report]) -> None:
    if not future.cancelled() and future.exception() is None:
        on_done(key, future.result())
