"""Runs exams on the command line: progress while they last, then a table for people, or JSON Lines."""

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
from judge.problems.catalog import Catalog

WATCH_SECONDS = 0.5  # between two reads of the files' times


@dataclass(frozen=True, kw_only=True)
class ExamRequest:
    """The packages to examine and how. Empty `slugs`: all; `submissions` None: the folder beside each package's own."""

    dirs: tuple[Path, ...]
    slugs: tuple[str, ...]
    submissions: Path | None
    cache: Path
    jobs: int
    thorough: bool
    as_json: bool


def run(request: ExamRequest) -> bool:
    """Run the exams, print them, and return True if all were passed. Raises UnknownProblem."""
    catalog = Catalog(request.dirs)
    slugs = request.slugs or tuple(dict.fromkeys([*(each.slug for each in catalog.problems()), *catalog.faults()]))
    for slug in slugs:
        if slug not in catalog.faults():
            catalog.get(slug)  # an unknown one is reported before anything is started
    papers = {slug: _papers(catalog, request, slug) for slug in slugs}
    grader = Grader(catalog, request.cache, request.jobs, hidden=tuple(papers.values()))
    try:
        reports = [_examine(grader, request, slug, papers[slug]) for slug in slugs]
    finally:
        grader.close()
    return all(report.passed for report in reports)


def watch(request: ExamRequest) -> None:
    """Run the exams again whenever one of their files changes, until Ctrl-C. Raises UnknownProblem."""
    seen = None
    with suppress(KeyboardInterrupt):
        while True:
            now = _stamps(request)
            if now != seen:
                seen = now
                run(request)
                print("waiting for a file to change; press Ctrl-C to stop", file=sys.stderr)
            time.sleep(WATCH_SECONDS)


def _examine(grader: Grader, request: ExamRequest, slug: str, submissions: Path) -> ExamReport:
    plan = Plan(submissions=submissions, cache=request.cache, jobs=request.jobs, thorough=request.thorough)
    with _progress() as progress:
        report = examine(grader, slug, plan, _follow(progress, slug))
    if request.as_json:
        print(json.dumps(report.to_json(), ensure_ascii=False, allow_nan=False), flush=True)
    else:
        show(report)
    return report


def _papers(catalog: Catalog, request: ExamRequest, slug: str) -> Path:
    if request.submissions:
        return request.submissions / slug
    if slug in {problem.slug for problem in catalog.problems()}:
        return catalog.get(slug).folder.parent.parent / SUBMISSIONS / slug
    return request.dirs[0].parent / SUBMISSIONS / slug


def _stamps(request: ExamRequest) -> dict[Path, int]:
    roots = [*request.dirs, request.submissions or request.dirs[0].resolve().parent / SUBMISSIONS]
    wanted = set(request.slugs)
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

    def show_progress(step: str, done: int, total: int) -> None:
        progress.update(task, description=f"{slug}  {step}", completed=done, total=total)

    return show_progress
