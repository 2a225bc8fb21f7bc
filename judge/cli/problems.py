"""`judge problems`: lists the problems that are installed.

What is heavy (NumPy, tables) is imported inside the functions, so that `judge --help` answers at once.
"""

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("problems")(problems)


def problems(
    dirs: Annotated[
        list[Path] | None,
        typer.Option("--problems", metavar="DIR", help="A folder of problem packages; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array for programs.")] = False,
) -> None:
    """List the problems, track by track. Exit code 2 where a package is faulty."""
    from judge.problems.catalog import Catalog, default_problem_dirs

    catalog = Catalog(dirs or default_problem_dirs())
    rows = [problem.summary() for problem in catalog.problems()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    else:
        _print_table(rows)
    for slug, fault in catalog.faults().items():
        for line in fault.faults:
            typer.secho(f"{slug}/{line}", err=True, fg="red")
    if catalog.faults():
        raise typer.Exit(2)


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("problem", "title", "track", "builds on", "cases", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        track = row["track"] if isinstance(row["track"], dict) else {}
        place = f"{track['name']} {track['order']}" if track else ""
        after = ", ".join(track.get("after", ()))
        table.add_row(str(row["slug"]), str(row["title"]), place, after, f"{row['samples']}+{row['hidden']}")
    Console().print(table)
