"""`judge check`: runs the exam of problem packages."""

import os
from pathlib import Path
from typing import Annotated

import typer

from judge.cli.exit_codes import EXIT_NOT_ACCEPTED
from judge.cli.options import ProblemDirs


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("check")(check)


def check(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="SLUG", help="Problem packages. Default: all.")] = None,
    problems: ProblemDirs = None,
    submissions: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder of known submissions, SLUG/VERDICT/FILE.py. Default: $JUDGE_SUBMISSIONS, else submissions/"
            " beside the problems.",
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, show_default="one a processor", help="Programs to grade at the same time.")
    ] = os.cpu_count() or 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Examine texts, cases and known submissions only; no mutants, no tolerance.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Run a quick exam whenever a file changes, until Ctrl-C.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON Lines: one exam a package.")] = False,
) -> None:
    """Run the exam of problem packages: known submissions, mutants of the reference, tolerance, limits, texts.

    Exit code 0: all passed; 1: a package failed, for the reasons printed; 2: a package is not installed.
    """
    from judge.cli.commands import check_run
    from judge.problems.catalog import default_problem_dirs
    from judge.settings import load_settings

    settings = load_settings()
    if submissions is None and settings.submissions:
        submissions = Path(settings.submissions)
    request = check_run.ExamRequest(
        dirs=tuple(problems or default_problem_dirs(settings.problems)),
        slugs=tuple(slugs or ()),
        submissions=submissions,
        cache=settings.command_cache_dir,
        jobs=jobs,
        thorough=not (quick or watch),
        as_json=as_json,
    )
    if watch:
        check_run.watch(request)
    elif not check_run.run(request):
        raise typer.Exit(EXIT_NOT_ACCEPTED)
