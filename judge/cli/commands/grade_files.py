"""Grades files for people and programs: progress while it lasts, then a table, or JSON Lines."""

import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from judge.cli.exit_codes import exit_code
from judge.cli.options import json_line
from judge.cli.render.report import show
from judge.errors import SubmissionRefused
from judge.grading.many import grade_all, open_grader
from judge.problems.catalog import Catalog
from judge.submission import Submission, read_source
from judge.verdict import Report


@dataclass(frozen=True, kw_only=True)
class Task:
    """A file to grade, and its problem."""

    file: Path
    slug: str


@dataclass(frozen=True, kw_only=True)
class Unreadable:
    """A file that can't be graded, and the reason."""

    file: Path
    reason: str


def run(
    catalog: Catalog,
    cache: Path,
    tasks: Sequence[Task],
    *,
    jobs: int,
    seed: int,
    as_json: bool,
    first_failure: bool = False,
) -> int:
    """Grade and print `tasks`; return the exit code. Raises UnknownProblem, PackageFault."""
    submissions, unreadable = read(catalog, tasks)
    reports = []
    with closing(grade(catalog, cache, submissions, jobs=jobs, seed=seed, first_failure=first_failure)) as graded:
        for file, report in graded:
            reports.append((file, report))
            if as_json:
                print(json_line({"file": str(file), **report.to_json()}), flush=True)
    render(reports, unreadable, as_json=as_json)
    return exit_code([report.verdict for _, report in reports], refused=bool(unreadable))


def read(catalog: Catalog, tasks: Sequence[Task]) -> tuple[list[tuple[Path, Submission]], list[Unreadable]]:
    """Return the submissions by file, and the files that can't be graded. Raises UnknownProblem, PackageFault."""
    for slug in {task.slug for task in tasks}:
        catalog.get(slug)  # an unknown or faulty package is reported before anything is started
    submissions, unreadable = [], []
    for task in tasks:
        try:
            raw = sys.stdin.buffer.read() if str(task.file) == "-" else task.file.read_bytes()
            submissions.append((task.file, Submission(problem=task.slug, source=read_source(raw))))
        except OSError as error:
            unreadable.append(Unreadable(file=task.file, reason=f"can't be read: {error.strerror}"))
        except SubmissionRefused as error:
            unreadable.append(Unreadable(file=task.file, reason=str(error)))
    return submissions, unreadable


def grade(
    catalog: Catalog,
    cache: Path,
    submissions: Sequence[tuple[Path, Submission]],
    *,
    jobs: int,
    seed: int,
    first_failure: bool = False,
) -> Generator[tuple[Path, Report]]:
    """Yield each file and its report, in the order given, and show the progress."""
    if not submissions:
        return
    slugs = [submission.problem for _, submission in submissions]
    with open_grader(catalog, cache, slugs, jobs=jobs) as grader, _progress(len(submissions)) as progress:
        task = progress.add_task("grading", total=len(submissions))

        def advance(_file: Path, _report: Report) -> None:
            progress.advance(task)

        yield from grade_all(grader, submissions, jobs=jobs, seed=seed, first_failure=first_failure, on_done=advance)


def render(reports: Sequence[tuple[Path, Report]], unreadable: Sequence[Unreadable], *, as_json: bool) -> None:
    """Print the files that can't be graded and, unless they were printed as JSON, the reports."""
    for each in unreadable:
        if as_json:
            print(json_line({"file": str(each.file), "error": each.reason}), flush=True)
        typer.secho(f"{each.file}: {each.reason}", err=True, fg="red")
    if reports and not as_json:
        show(reports)


def _progress(total: int) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("grading" if total > 1 else "starting JAX, then grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
