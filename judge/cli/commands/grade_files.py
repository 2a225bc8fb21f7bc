"""Grades files for people and programs: progress while it lasts, then a table, or JSON Lines."""

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import typer

from judge.cli.exit_codes import exit_code
from judge.cli.options import json_line
from judge.cli.render.progress import progress_bar
from judge.cli.render.report import show
from judge.errors import SubmissionRefused
from judge.export import FORMATS, Format, NoResult, PublicReport, public
from judge.export.github import step_summary
from judge.grading.many import grade_all, open_grader
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.submission import Submission, read_source

TABLE, JSON = "table", "json"


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
    form: str | Format,
    *,
    jobs: int,
    seed: int,
    first_failure: bool = False,
) -> int:
    """Grade and print `tasks` as `form` says; return the exit code. Raises UnknownProblem, PackageFault."""
    submissions, unreadable = read(catalog, tasks)
    reports = []
    with closing(grade(catalog, cache, submissions, jobs=jobs, seed=seed, first_failure=first_failure)) as graded:
        for file, report in graded:
            reports.append((file, report))
            if form == JSON:
                print(json_line({"file": str(file), **report.to_json()}), flush=True)
    render(reports, unreadable, form)
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
    with open_grader(catalog, cache, slugs, jobs=jobs) as grader, progress_bar(grader, slugs) as progress:

        def advance(_file: Path, _report: Report) -> None:
            progress.advance(1)

        yield from grade_all(grader, submissions, jobs=jobs, seed=seed, first_failure=first_failure, on_done=advance)


def form_of(name: str | None, files: int) -> str | Format:
    """Return the form of the output: TABLE, JSON or a format of judge.export. Raises typer.BadParameter."""
    if name is None or name == JSON:
        return name or TABLE
    if name not in FORMATS:
        raise typer.BadParameter(f"unknown format {name!r}; there are {', '.join(FORMATS)}", param_hint="--format")
    if FORMATS[name].single and files != 1:
        raise typer.BadParameter(f"{name} takes one file", param_hint="--format")
    return FORMATS[name]


def render(
    reports: Sequence[tuple[Path, Report]], unreadable: Sequence[Unreadable], form: str | Format = TABLE
) -> None:
    """Print the files that can't be graded and, unless they were printed as JSON, the reports."""
    for each in unreadable:
        if form == JSON:
            print(json_line({"file": str(each.file), "error": each.reason}), flush=True)
        typer.secho(f"{each.file}: {each.reason}", err=True, fg="red")
    if not reports or form == JSON:
        return
    if isinstance(form, Format):
        _export(form, [public(report, os.fsencode(file).decode("utf-8", "replace")) for file, report in reports])
    else:
        show(reports)


def _export(form: Format, reports: Sequence[PublicReport]) -> None:
    try:
        sys.stdout.write(form.write(reports))
    except NoResult as error:  # the exit code says so too
        typer.secho(f"the judge failed, so there is no result: {error}", err=True, fg="red")
    if form is FORMATS["github"] and (summary := os.environ.get("GITHUB_STEP_SUMMARY")):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(step_summary(reports))
