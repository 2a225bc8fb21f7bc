"""The command line: parse, call one function, print.

Commands import what they need when they run, so that `judge --help` answers at once.
"""

import typer

from judge.cli import grade, problems

app = typer.Typer(no_args_is_help=True, add_completion=True, rich_markup_mode="rich", pretty_exceptions_enable=False)
grade.register(app)
problems.register(app)


def main() -> None:
    """The entry point `judge`."""
    app()
