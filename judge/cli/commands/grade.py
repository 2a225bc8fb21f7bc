"""`judge grade`: grades files here, without a server or a database."""

import os
from pathlib import Path
from typing import Annotated

import typer

from judge.cli.options import ProblemDirs, slug_of


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("grade")(grade)


def grade(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Solutions; `-` reads one from standard input.")
    ] = None,
    problem: Annotated[
        str | None, typer.Option(metavar="SLUG", help="The problem; else the files' folder under submissions/ tells.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines: one report a file, in the order given.")] = False,
    jobs: Annotated[
        int, typer.Option(min=1, max=256, help="Submissions graded at a time; the default is one a processor.")
    ] = os.cpu_count() or 1,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the hidden cases; 0 is the problem's own.")] = 0,
    server_seed: Annotated[
        bool,
        typer.Option(
            "--server-seed",
            help="Hidden cases as this machine's server draws them: from $JUDGE_HIDDEN_SEED, or the secret in its data"
            " directory. Else the package's own seed draws them.",
        ),
    ] = False,
    problems: ProblemDirs = None,
    jsonl: Annotated[
        Path | None,
        typer.Option(
            metavar="IN", help='Submissions as JSON Lines, {"source": ..., "problem": ..., "id": ...}; needs --out.'
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="OUT", help="Reports of --jsonl; what it holds already is not graded again.")
    ] = None,
) -> None:
    """Grade solutions here: no server, no database.

    One or two files are judged in the full lane: starting the warm process of the fast lane takes longer than it saves.
    From three files to a problem on, and in `judge serve`, verdicts come from the fast lane.

    Exit code 0: all accepted; 1: some not; 2: a file or a package that can't be used; 3: the judge's own error.
    """
    from judge.cli.commands import grade_files, grade_jsonl
    from judge.problems.catalog import open_catalog

    catalog = open_catalog(problems)
    if server_seed:
        from judge.cli.server_seed import server_seed_here

        catalog = catalog.with_hidden_seed(server_seed_here())
    if jsonl is not None:
        if out is None or files:
            raise typer.BadParameter("--jsonl takes --out, and no files beside it")
        raise typer.Exit(grade_jsonl.run(catalog, jsonl, out, problem=problem, jobs=jobs, seed=seed))
    if not files:
        raise typer.BadParameter("name a file to grade, or --jsonl IN --out OUT")
    slugs = [problem or slug_of(file, [known.slug for known in catalog.problems()]) for file in files]
    tasks = list(zip(files, slugs, strict=True))
    raise typer.Exit(grade_files.run(catalog, tasks, jobs=min(jobs, len(files)), seed=seed, as_json=as_json))
