"""Run one benchmark: set every way up, take rounds over all of them, then the throughput of each."""

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from judge.bench.served import FirstVerdict, Served
from judge.bench.ways import Cost, Fresh, Hot, Import, Lane, Way, Workload, with_a_new_program, write_frame
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
    """One way's figures: medians over the rounds, in seconds and MiB.

    `ratio` is wall time as a share of a fresh process's in the same round; `per_minute` counts submissions with all
    clients at once, None where that was not measured.
    """

    way: str
    wall: float
    cpu: float
    memory: float
    ratio: float
    per_minute: float | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One benchmark: `rounds` go over all ways; `clients` judge at once where throughput is measured.

    Without `fast` the ways that need the submission in the fast lane are left out; `quick` leaves out what takes
    minutes: a process for each case, and throughput.
    """

    catalog: Catalog
    submission: Submission
    rounds: int
    clients: int
    fast: bool = True
    quick: bool = False


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
    """Benchmark `submission`, an accepted one, as `Plan` says; `say` is given a line before each step.

    Raises WrongAnswer as soon as one way gives one.
    """
    plan = Plan(catalog=catalog, submission=submission, rounds=rounds, clients=clients, fast=fast, quick=quick)
    with _ways(plan, say) as ways:
        costs = _take_rounds(ways, plan.rounds, say)
        per_minute: list[float | None] = [None] * len(ways)
        for index, way in enumerate(() if plan.quick else ways):
            if isinstance(way, Import | FirstVerdict):
                continue  # one at a time: each is a start
            say(f"throughput with {plan.clients} clients: {way.name}")
            per_minute[index] = _throughput(way, plan.clients)
        return [_row(way, each, costs[0], speed) for way, each, speed in zip(ways, costs, per_minute, strict=True)]


def _take_rounds(ways: Sequence[Way], rounds: int, say: Say) -> list[list[Cost]]:
    """Return what each way cost in each round."""
    taken: list[list[Cost]] = [[] for _ in ways]
    for number in range(rounds):
        for way, costs in zip(ways, taken, strict=True):
            say(f"round {number + 1} of {rounds}: {way.name}")
            costs.append(_measure(way))
    return taken


@contextmanager
def _ways(plan: Plan, say: Say) -> Iterator[list[Way]]:
    """Set every way up that the plan asks for, the fresh process first; end them afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="judge-bench-")))
        say("the reference, and the judge's own lanes")
        full = stack.enter_context(closing(Grader(plan.catalog, folder / CACHE_DIR, plan.clients, fast=False)))
        hot = stack.enter_context(closing(Grader(plan.catalog, folder / CACHE_DIR, plan.clients)))
        workload = _prepare(plan, folder, full, hot, say)
        cached = Fresh("fresh process, warm compilation cache", workload, cache=folder / "cache")
        say(f"{cached.name}: filling the cache")
        cached.judge()
        ways: list[Way] = [Fresh("fresh process", workload), cached]
        if not plan.quick:
            ways.append(Fresh("fresh process for each case", workload, per_case=True))
        say(Hot.name)
        ways.append(stack.enter_context(closing(Hot(workload, plan.clients))))
        ways.append(Lane("full lane", workload, full, "full"))
        if plan.fast:
            ways.append(Lane("fast lane", workload, hot, "fast"))
            problem = plan.catalog.get(plan.submission.problem)
            new = replace(workload, submission=with_a_new_program(plan.submission, problem.entry))
            ways.append(Lane("fast lane, with a new program for each shape", new, hot, "fast"))
            say(Served.name)
            ways.append(stack.enter_context(closing(Served(workload, problem.folder, folder, plan.clients))))
            ways += [Import(), FirstVerdict(workload, problem.folder, folder / "restarted", plan.clients)]
            shutil.copytree(folder / CACHE_DIR, folder / "restarted" / CACHE_DIR)
            say(f"{FirstVerdict.name}: what only the very first start computes")
            ways[-1].judge()
        yield ways


def _prepare(plan: Plan, folder: Path, full: Grader, hot: Grader, say: Say) -> Workload:
    """Run the reference, write the job for unboxed processes, and wait for the fast lane of `hot`."""
    problem = plan.catalog.get(plan.submission.problem)
    cases = problem.cases()
    warming = hot.warm(problem.slug)
    workload = Workload(
        submission=plan.submission,
        job=job_of(problem, plan.submission.source, cases),
        frame=folder / "job.frame",
        expected=full.expected(problem.slug),
    )
    write_frame(workload.job, workload.frame)
    if warming is not None and warming.ready(WARM_SECONDS) is None:
        say(f"no hot zygote: {warming.failure or 'the warm-up takes too long'}")
    return workload


def _measure(way: Way) -> Cost:
    """Return the cost of one submission: the median of several in a row where one alone would be noise."""
    first = way.judge()
    if first.wall > QUICK_SECONDS:
        return first
    return sorted((way.judge() for _ in range(IN_A_ROW)), key=lambda cost: cost.wall)[IN_A_ROW // 2]


def _throughput(way: Way, clients: int) -> float:
    """Return the submissions a minute with `clients` at once: each judges until the time is up, at least once."""
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
