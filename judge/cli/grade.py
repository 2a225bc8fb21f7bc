"""`judge grade`: grades files here, without a server or a database.

What is heavy (NumPy, tables) is imported inside the functions, so that `judge --help` answers at once.
"""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_NOT_ACCEPTED, EXIT_USAGE, EXIT_JUDGE_ERROR = 1, 2, 3
SUBMISSIONS = "submissions"  # submissions/<slug>/<verdict>/<file>: the folder tells the problem


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
    problems: Annotated[
        list[Path] | None,
        typer.Option("--problems", metavar="DIR", help="A folder of problem packages; may be repeated."),
    ] = None,
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
    from judge.cli import grading_files, grading_lines
    from judge.problems.catalog import Catalog, default_problem_dirs

    catalog = Catalog(problems or default_problem_dirs())
    if server_seed:
        from judge.cli.server_seed import server_seed_here

        catalog = catalog.with_hidden_seed(server_seed_here())
    if jsonl is not None:
        if out is None or files:
            raise typer.BadParameter("--jsonl takes --out, and no files beside it")
        raise typer.Exit(grading_lines.run(catalog, jsonl, out, problem=problem, jobs=jobs, seed=seed))
    if not files:
        raise typer.BadParameter("name a file to grade, or --jsonl IN --out OUT")
    slugs = [problem or slug_of(file, [known.slug for known in catalog.problems()]) for file in files]
    tasks = list(zip(files, slugs, strict=True))
    raise typer.Exit(grading_files.run(catalog, tasks, jobs=min(jobs, len(files)), seed=seed, as_json=as_json))


def slug_of(file: Path, installed: list[str]) -> str:
    """The problem that a file is for: told by its folder under `submissions/`, or the only one installed.

    Raises typer.BadParameter where neither tells.
    """
    parts = file.resolve().parts
    if SUBMISSIONS in parts[:-2]:
        return parts[len(parts) - 1 - parts[::-1].index(SUBMISSIONS) + 1]
    if len(installed) == 1:
        return installed[0]
    raise typer.BadParameter(f"which problem is {file} for? Say --problem SLUG, one of: {', '.join(installed)}")


def exit_code(verdicts: list[str], refused: bool = False) -> int:
    """The command's exit code for these verdicts."""
    if refused:
        return EXIT_USAGE
    if "judge_error" in verdicts:
        return EXIT_JUDGE_ERROR
    return 0 if all(verdict == "accepted" for verdict in verdicts) else EXIT_NOT_ACCEPTED


def dump(row: dict[str, Any]) -> str:
    """One line of JSON Lines."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False)
