"""`judge settings`: lists every JUDGE_* variable, its value and its meaning."""

import json
from typing import Annotated, Any

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("settings")(settings)


def settings(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List every JUDGE_* environment variable with its current value and its meaning; those that are set in bold."""
    from judge.settings import load_client_settings, load_settings
    from judge.settings_list import list_settings

    rows = list_settings(load_settings(), load_client_settings())
    if as_json:
        typer.echo(json.dumps({row["variable"]: row for row in rows}, indent=2))
    else:
        _print_table(rows)


def _print_table(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table
    from rich.text import Text

    from judge.cli.render.console import say

    table = Table(box=None, pad_edge=False)
    columns = ("variable", "value", "meaning")
    for column in columns:
        table.add_column(column, overflow="fold", no_wrap=column == "variable")
    for row in rows:
        table.add_row(*(Text(row[column]) for column in columns), style="bold" if row["set"] else None)
    say(table)
