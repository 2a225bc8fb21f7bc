"""Grading of files for people and programs: progress while it lasts, then a table, or JSON Lines."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from judge.cli.exit_codes import exit_code
from judge.cli.options import json_line
from judge.cli.render.report import show
from judge.errors import SubmissionRefused
from judge.grading.grader import Grader
from judge.grading.many import PATIENCE, default_cache_dir, grade_all, warm_for
from judge.problems.catalog import Catalog
from judge.submission import Submission, read_source
from judge.verdict import Report


def run(catalog: Catalog, tasks: Sequence[tuple[Path, str]], *, jobs: int, seed: int, as_json: bool) -> int:
    """Grade `tasks`, pairs of a file and its problem; print; the exit code. Raises UnknownProblem, PackageFault."""
    for slug in {slug for _, slug in tasks}:
        catalog.get(slug)  # a faulty package is told before anything is started
    submissions, refused = _read(tasks)
    reports: list[tuple[Path, Report]] = []
    if submissions:
        grader = Grader(catalog, default_cache_dir(), jobs, patience=PATIENCE)
        try:
            warm_for(grader, [submission.problem for _, submission in submissions])
            with _progress(len(submissions)) as progress:
                task = progress.add_task("grading", total=len(submissions))
                graded = grade_all(
                    grader, submissions, jobs=jobs, seed=seed, on_done=lambda _file, _report: progress.advance(task)
                )
                for file, report in graded:
                    reports.append((file, report))
                    if as_json:
                        print(json_line({"file": str(file), **report.to_json()}), flush=True)
        finally:
            grader.close()
    for file, why in refused:
        if as_json:
            print(json_line({"file": str(file), "error": why}), flush=True)
        typer.secho(f"{file}: {why}", err=True, fg="red")
    if not as_json and reports:
        show(reports)
    return exit_code([report.verdict for _, report in reports], refused=bool(refused))


def _read(tasks: Sequence[tuple[Path, str]]) -> tuple[list[tuple[Path, Submission]], list[tuple[Path, str]]]:
    submissions, refused = [], []
    for file, slug in tasks:
        try:
            raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
            submissions.append((file, Submission(problem=slug, source=read_source(raw))))
        except OSError as error:
            refused.append((file, f"can't be read: {error.strerror}"))
        except SubmissionRefused as error:
            refused.append((file, str(error)))
    return submissions, refused


def _progress(total: int) -> Progress:
    columns: Iterator[SpinnerColumn | TextColumn | BarColumn | MofNCompleteColumn | TimeElapsedColumn] = iter(
        (
            SpinnerColumn(),
            TextColumn("grading" if total > 1 else "starting JAX, then grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
    )
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
