"""`judge warm`: compiles ahead what verdicts need, so that the first ones are fast."""

import time
from typing import Annotated, Any

import typer

from judge.cli.exit_codes import EXIT_JUDGE_ERROR
from judge.cli.options import ProblemDirs

SECONDS = 1800.0  # of one problem, on a busy machine


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("warm")(warm)


def warm(
    slugs: Annotated[
        list[str] | None, typer.Argument(metavar="SLUG", help="Problems. Default: all that are installed.")
    ] = None,
    dirs: ProblemDirs = None,
) -> None:
    """Compile ahead what verdicts need: the programs of each problem, and usual operations on its shapes.

    The programs fit this machine's processor and packages only. Servers and commands of this user find them; what is
    compiled already is not compiled again. Half a minute a problem.

    Exit code 0: all are ready; 2: a problem is unknown or faulty; 3: a warm-up failed.
    """
    from judge.grading.grader import Grader
    from judge.problems.catalog import default_problem_dirs, open_catalog
    from judge.settings import load_settings

    settings = load_settings()
    catalog = open_catalog(dirs or default_problem_dirs(settings.problems))
    chosen = slugs or [problem.slug for problem in catalog.problems()]
    for slug in chosen:
        catalog.get(slug)  # an unknown or faulty one is reported before anything is compiled
    failed = False
    grader = Grader(catalog, settings.command_cache_dir, operations=True)
    try:
        for slug in chosen:
            began = time.monotonic()
            if not catalog.get(slug).warmup:
                typer.echo(f"{slug}: nothing to compile, it has no warmup.py")
                continue
            failure = _warm(grader, slug)
            failed |= bool(failure)
            typer.echo(f"{slug}: {failure or f'ready after {time.monotonic() - began:.0f} s'}")
    finally:
        grader.close()
    if failed:
        raise typer.Exit(EXIT_JUDGE_ERROR)


def _warm(grader: Any, slug: str) -> str:
    """Compile what a problem needs; return why that failed, empty where it did not."""
    hot = grader.warm(slug)
    if hot is None:
        return "there is no memory for another fast lane"
    if hot.ready(SECONDS) is None:
        return hot.failure or "the warm-up takes too long"
    return "" if hot.complete(SECONDS) else "usual operations take too long to compile"
