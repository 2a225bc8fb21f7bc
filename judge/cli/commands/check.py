"""`judge check`: holds the exam of packages."""

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
    slugs: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG]...", help="Packages; all if none is named.")
    ] = None,
    problems: ProblemDirs = None,
    submissions: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The known submissions, as SLUG/VERDICT/FILE.py; else $JUDGE_SUBMISSIONS, else beside the problems.",
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="Programs graded at a time; the default is one a processor.")
    ] = os.cpu_count() or 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only texts, cases and known submissions; no mutants, no tolerance.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again whenever a file changes, quickly, until Ctrl-C.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines: one exam a package.")] = False,
) -> None:
    """Hold the exam of packages: known submissions, mutants of the reference, tolerance, limits, texts.

    Exit code 0: all passed; 1: a package failed, and the lines say why; 2: no such package.
    """
    from judge.cli.commands import check_run
    from judge.problems.catalog import default_problem_dirs
    from judge.settings import load_settings

    if submissions is None and load_settings().submissions:
        submissions = Path(load_settings().submissions)
    order = check_run.Order(
        dirs=tuple(problems or default_problem_dirs()),
        slugs=tuple(slugs or ()),
        submissions=submissions,
        jobs=jobs,
        thorough=not (quick or watch),
        as_json=as_json,
    )
    if watch:
        check_run.watch(order)
    elif not check_run.run(order):
        raise typer.Exit(EXIT_NOT_ACCEPTED)
