"""Exams on the command line: progress while they last, then a table for people, or JSON Lines."""

import json
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from judge.cli.options import SUBMISSIONS
from judge.cli.render.exam import show
from judge.exam import ExamReport, OnProgress, Plan, examine
from judge.grading.grader import Grader
from judge.grading.many import default_cache_dir
from judge.problems.catalog import Catalog

WATCH_SECONDS = 0.5  # between two looks at the files


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to examine. `slugs` empty: all. `submissions` None: the folder beside each package's own."""

    dirs: tuple[Path, ...]
    slugs: tuple[str, ...]
    submissions: Path | None
    jobs: int
    thorough: bool
    as_json: bool


def run(order: Order) -> bool:
    """Hold the exams and print them; whether all were passed. Raises UnknownProblem."""
    catalog = Catalog(order.dirs)
    slugs = order.slugs or tuple(dict.fromkeys([*(each.slug for each in catalog.problems()), *catalog.faults()]))
    for slug in slugs:
        if slug not in catalog.faults():
            catalog.get(slug)  # an unknown one is told before anything is started
    papers = {slug: _papers(catalog, order, slug) for slug in slugs}
    grader = Grader(catalog, default_cache_dir(), order.jobs, hidden=tuple(papers.values()))
    try:
        reports = [_examine(grader, order, slug, papers[slug]) for slug in slugs]
    finally:
        grader.close()
    return all(report.passed for report in reports)


def watch(order: Order) -> None:
    """Hold the exams again whenever a file of theirs changes, until Ctrl-C. Raises UnknownProblem."""
    seen = None
    with suppress(KeyboardInterrupt):
        while True:
            now = _stamps(order)
            if now != seen:
                seen = now
                run(order)
                print("waiting for a change; Ctrl-C ends", file=sys.stderr)
            time.sleep(WATCH_SECONDS)


def _examine(grader: Grader, order: Order, slug: str, papers: Path) -> ExamReport:
    plan = Plan(submissions=papers, cache=default_cache_dir(), jobs=order.jobs, thorough=order.thorough)
    with _progress() as progress:
        report = examine(grader, slug, plan, _follow(progress, slug))
    if order.as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, allow_nan=False), flush=True)
    else:
        show(report)
    return report


def _papers(catalog: Catalog, order: Order, slug: str) -> Path:
    if order.submissions:
        return order.submissions / slug
    if slug in {problem.slug for problem in catalog.problems()}:
        return catalog.get(slug).folder.parent.parent / SUBMISSIONS / slug
    return order.dirs[0].parent / SUBMISSIONS / slug


def _stamps(order: Order) -> dict[Path, int]:
    roots = [*order.dirs, order.submissions or order.dirs[0].resolve().parent / SUBMISSIONS]
    wanted = set(order.slugs)
    files = [path for root in roots for path in root.rglob("*") if path.suffix in {".py", ".toml", ".md"}]
    stamps = {}
    for path in files:
        if not wanted or wanted & set(path.parts):
            with suppress(FileNotFoundError):  # an editor may replace it at this moment
                stamps[path] = path.stat().st_mtime_ns
    return stamps


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )


def _follow(progress: Progress, slug: str) -> OnProgress:
    task = progress.add_task(slug)

    def hear(what: str, done: int, total: int) -> None:
        progress.update(task, description=f"{slug}  {what}", completed=done, total=total)

    return hear
