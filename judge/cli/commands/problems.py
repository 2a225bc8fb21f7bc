"""`judge problems`: lists the problems that are installed."""

import json
from itertools import groupby
from typing import Annotated, Any

import typer

from judge.cli.exit_codes import EXIT_USAGE
from judge.cli.options import ProblemDirs


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("problems")(problems)


def problems(
    dirs: ProblemDirs = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
) -> None:
    """List the problems, track by track. Exit code 2 if a package is faulty."""
    from judge.problems.catalog import open_catalog

    catalog = open_catalog(dirs)
    rows = [problem.summary() for problem in catalog.problems()]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif rows:
        _print_table(rows)
    else:
        typer.echo(
            f"no problems in {', '.join(map(str, catalog.dirs))}; name other folders with --problems DIR", err=True
        )
    for slug, fault in catalog.faults().items():
        for line in fault.faults:
            typer.secho(f"{slug}/{line}", err=True, fg="red")
    if catalog.faults():
        raise typer.Exit(EXIT_USAGE)


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from judge.cli.render.console import say

    for name, group in groupby(rows, key=lambda row: row["track"]["name"] if row["track"] else ""):
        table = Table(title=name or None, title_justify="left", title_style="bold", box=None, pad_edge=False)
        table.add_column("problem", no_wrap=True)
        table.add_column("title", overflow="fold")
        table.add_column("cases", no_wrap=True)
        table.add_column("builds on", overflow="fold")
        for row in group:
            after = ", ".join(row["track"]["after"]) if row["track"] else ""
            table.add_row(row["slug"], row["title"], f"{row['samples']}+{row['hidden']}", after)
        say(table)
