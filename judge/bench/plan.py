"""The plan of one benchmark: set every way up, take rounds over all of them, then the throughput of each."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from judge.bench.served import Served
from judge.bench.ways import Cost, Fresh, Hot, Lane, Paper, Way, closing_hot, write_frame
from judge.grading.grader import Grader
from judge.grading.jobs import job_of
from judge.problems.catalog import Catalog
from judge.settings import CACHE_DIR
from judge.submission import Submission

WARM_SECONDS = 180.0
SECONDS_OF_THROUGHPUT = 8.0
QUICK_SECONDS = 1.0
IN_A_ROW = 5  # submissions to a quick way in each round, after one that wakes it up
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way's figures: medians over the rounds (seconds, MiB), wall time as a share of a fresh process's in the same
    round, and submissions a minute with one client a processor (None where that was not measured).
    """

    way: str
    wall: float
    cpu: float
    memory: float
    ratio: float
    per_minute: float | None


def run(
    catalog: Catalog,
    submission: Submission,
    *,
    rounds: int,
    clients: int,
    fast: bool = True,
    quick: bool = False,
    say: Say = print,
) -> list[Row]:
    """Benchmark `submission`, an accepted paper. Without `fast` the ways that need it in the fast lane are left out;
    with `quick` what takes minutes: a process for each case, and throughput.

    Raises WrongAnswer as soon as one way gives one.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="judge-bench-")))
        ways = list(_set_up(stack, catalog, submission, folder, clients, fast, quick, say))
        taken: list[list[Cost]] = [[] for _ in ways]
        for number in range(rounds):
            for way, costs in zip(ways, taken, strict=True):
                say(f"round {number + 1} of {rounds}: {way.name}")
                costs.append(_measure(way))
        per_minute: list[float | None] = [None] * len(ways)
        for index, way in enumerate(() if quick else ways):
            say(f"throughput with {clients} clients: {way.name}")
            per_minute[index] = _throughput(way, clients)
        return [_row(way, costs, taken[0], speed) for way, costs, speed in zip(ways, taken, per_minute, strict=True)]


def _set_up(
    stack: ExitStack,
    catalog: Catalog,
    submission: Submission,
    folder: Path,
    clients: int,
    fast: bool,
    quick: bool,
    say: Say,
) -> Iterator[Way]:
    problem = catalog.get(submission.problem)
    cases = problem.cases()
    say("the reference, and the judge's own lanes")
    full = stack.enter_context(closing(Grader(catalog, folder / CACHE_DIR, clients, fast=False)))
    hot = stack.enter_context(closing(Grader(catalog, folder / CACHE_DIR, clients)))
    warming = hot.warm(problem.slug)
    expected = full.expected(problem.slug)
    paper = Paper(
        submission=submission,
        job=job_of(problem, submission.source, cases),
        frame=folder / "job.frame",
        expected=expected,
    )
    write_frame(paper.job, paper.frame)
    if warming is not None and warming.ready(WARM_SECONDS) is None:
        say(f"no hot zygote: {warming.failure or 'the warm-up takes too long'}")
    yield Fresh("fresh process", paper)
    cached = Fresh("fresh process, warm compilation cache", paper, cache=folder / "cache")
    say(f"{cached.name}: filling the cache")
    cached.judge()
    yield cached
    if not quick:
        yield Fresh("fresh process for each case", paper, per_case=True)
    say(Hot.name)
    yield stack.enter_context(closing_hot(paper, clients))
    yield Lane("full lane", paper, full, "full")
    if fast:
        yield Lane("fast lane", paper, hot, "fast")
        say(Served.name)
        yield stack.enter_context(closing(Served(paper, problem.folder, folder, clients)))


def _measure(way: Way) -> Cost:
    """Return the cost of one submission: the median of several in a row where one alone would be noise."""
    first = way.judge()
    if first.wall > QUICK_SECONDS:
        return first
    return sorted((way.judge() for _ in range(IN_A_ROW)), key=lambda cost: cost.wall)[IN_A_ROW // 2]


def _throughput(way: Way, clients: int) -> float:
    """Submissions a minute with `clients` at once: each judges until the time is up, at least once."""
    end = time.perf_counter() + SECONDS_OF_THROUGHPUT

    def client(index: int) -> int:
        done = 0
        while done == 0 or time.perf_counter() < end:
            way.judge(index)
            done += 1
        return done

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        done = sum(threads.map(client, range(clients)))
    return done / (time.perf_counter() - started) * 60


def _row(way: Way, costs: Sequence[Cost], fresh: Sequence[Cost], per_minute: float | None) -> Row:
    return Row(
        way=way.name,
        wall=statistics.median(cost.wall for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
        memory=statistics.median(cost.memory for cost in costs),
        ratio=statistics.median(cost.wall / base.wall for cost, base in zip(costs, fresh, strict=True)),
        per_minute=per_minute,
    )
