"""The command line: parse, call one function, print.

Commands import what they need when they run, so that `judge --help` answers at once.
"""

import sys

import typer

from judge.cli.commands import (
    bench,
    check,
    doctor,
    grade,
    migrate,
    new,
    problems,
    serve,
    settings,
    show,
    submit,
    worker,
)
from judge.errors import JudgeError, SandboxFault, UnknownProblem

app = typer.Typer(no_args_is_help=True, add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)
grade.register(app)
problems.register(app)
check.register(app)
new.register(app)
show.register(app)
serve.register(app)
worker.register(app)
migrate.register(app)
settings.register(app)
submit.register(app)
bench.register(app)
doctor.register(app)


def main() -> None:
    """The entry point `judge`. An error of ours ends the command with its message: 2, or 3 where the box failed."""
    try:
        app()
    except JudgeError as error:
        typer.secho(str(error), err=True, fg="red")
        if isinstance(error, UnknownProblem):
            typer.secho("other packages: --problems DIR, or $JUDGE_PROBLEMS", err=True)
        sys.exit(3 if isinstance(error, SandboxFault) else 2)
