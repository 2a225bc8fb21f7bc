"""The command line: parse, call one function, print.

Commands import what they need when they run, so that `judge --help` answers at once.
"""

import os
import sys
from contextlib import suppress
from typing import Annotated

import typer

import judge
from judge.cli.commands import (
    bench,
    check,
    classes,
    doctor,
    grade,
    login,
    lti,
    migrate,
    new,
    problems,
    repro,
    serve,
    settings,
    show,
    stop,
    submit,
    user,
    warm,
    worker,
)
from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_USAGE
from judge.errors import JudgeError, SandboxFault, UnknownProblem

app = typer.Typer(no_args_is_help=True, add_completion=True, rich_markup_mode=None, pretty_exceptions_enable=False)
grade.register(app)
problems.register(app)
check.register(app)
new.register(app)
show.register(app)
repro.register(app)
serve.register(app)
worker.register(app)
warm.register(app)
migrate.register(app)
lti.register(app)
settings.register(app)
submit.register(app)
stop.register(app)
login.register(app)
user.register(app)
classes.register(app)
bench.register(app)
doctor.register(app)


def _print_version(requested: bool) -> None:
    if requested:
        typer.echo(f"judge {judge.__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Judge solutions to JAX / Flax NNX exercises: grade files here, or run a server."""


def main() -> None:
    """Run the command `judge`.

    An error of ours ends it with the error's message: exit code 3 if the sandbox or the host failed, else 2.
    """
    try:
        app()
    except JudgeError as error:
        typer.secho(str(error), err=True, fg="red")
        if isinstance(error, UnknownProblem):
            typer.secho("to use other packages: --problems DIR, or set JUDGE_PROBLEMS", err=True)
        sys.exit(EXIT_JUDGE_ERROR if isinstance(error, SandboxFault) else EXIT_USAGE)
    except OSError as error:  # a full disk, a cache that can't be written: no program's fault
        typer.secho(f"the judge failed: {type(error).__name__}: {error}", err=True, fg="red")
        with suppress(OSError):
            sys.stdout.flush()
            sys.exit(EXIT_JUDGE_ERROR)
        os._exit(EXIT_JUDGE_ERROR)  # what could not be written can't be written at the end either
