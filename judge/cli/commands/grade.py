"""`judge grade`: grades files here, without a server or a database."""

import os
from pathlib import Path
from typing import Annotated

import typer

from judge.cli.options import ProblemDirs, ProblemSlug, slug_of
from judge.submission import MAX_SEED


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("grade")(grade)


def grade(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Solutions; `-` reads one from standard input.")
    ] = None,
    problem: ProblemSlug = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON Lines: one report a file, in the order given.")
    ] = False,
    format_name: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="Print for another system: gradescope (results.json), junit (XML), github (annotations) or csv.",
        ),
    ] = None,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, show_default="one a processor", help="Submissions to grade at the same time.")
    ] = os.cpu_count() or 1,
    seed: Annotated[
        int, typer.Option(min=0, max=MAX_SEED, help="Seed of the hidden cases; 0 is the problem's own.")
    ] = 0,
    server_seed: Annotated[
        bool,
        typer.Option(
            "--server-seed",
            help="Draw hidden cases as this machine's server does: from $JUDGE_HIDDEN_SEED, or from the secret in its"
            " data directory. Default: the package's own seed.",
        ),
    ] = False,
    first_failure: Annotated[
        bool,
        typer.Option(
            "--first-failure",
            help="End a program with the first case that it fails: the verdict is the same, the score counts what ran.",
        ),
    ] = False,
    problems: ProblemDirs = None,
    jsonl: Annotated[
        Path | None,
        typer.Option(metavar="IN", help='Grade JSON Lines, {"source": ..., "problem": ..., "id": ...}; needs --out.'),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="OUT", help="Write the reports of --jsonl here; those already in OUT are kept."),
    ] = None,
) -> None:
    """Grade solutions here, without a server or a database.

    The first file of a problem waits for the problem's warm process, which starts beside the judge; where nothing is
    compiled yet, that is half a minute, once on a machine.

    Exit code 0: all accepted; 1: some not accepted; 2: a file, a package or an option can't be used; 3: the judge
    itself failed.
    """
    from judge.cli.commands import grade_files, grade_jsonl
    from judge.cli.server_seed import server_seed_here
    from judge.problems.catalog import default_problem_dirs, open_catalog
    from judge.settings import load_settings

    settings = load_settings()
    catalog = open_catalog(problems or default_problem_dirs(settings.problems))
    if server_seed:
        catalog = catalog.with_hidden_seed(server_seed_here(settings))
    cache = settings.command_cache_dir
    if format_name is not None and (as_json or jsonl is not None):
        raise typer.BadParameter("--format, --json and --jsonl exclude each other")
    if jsonl is not None:
        if out is None or files:
            raise typer.BadParameter("--jsonl IN needs --out OUT, and takes no FILE")
        options = grade_jsonl.Options(problem=problem, jobs=jobs, seed=seed, first_failure=first_failure)
        raise typer.Exit(grade_jsonl.run(catalog, cache, jsonl, out, options))
    if not files:
        raise typer.BadParameter("name a file to grade, or use --jsonl IN --out OUT")
    installed = [each.slug for each in catalog.problems()]
    tasks = [grade_files.Task(file=file, slug=problem or slug_of(file, installed)) for file in files]
    form = grade_files.form_of("json" if as_json else format_name, len(tasks))
    jobs = min(jobs, len(tasks))
    raise typer.Exit(grade_files.run(catalog, cache, tasks, form, jobs=jobs, seed=seed, first_failure=first_failure))
