"""`judge settings`: every JUDGE_* variable, what it means and what it is."""

import json
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("settings")(settings)


def settings(as_json: Annotated[bool, typer.Option("--json", help="One JSON object for programs.")] = False) -> None:
    """List the settings: every JUDGE_* variable with its value now and its meaning."""
    from judge.settings import listed, load_settings

    rows = listed(load_settings())
    if as_json:
        typer.echo(json.dumps({row["variable"]: row for row in rows}, indent=2))
    else:
        _print_table(rows)


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("variable", "value", "meaning"):
        table.add_column(column, overflow="fold", no_wrap=column == "variable")
    for row in rows:
        table.add_row(row["variable"], row["value"], row["meaning"], style="bold" if row["set"] else None)
    Console().print(table)
