"""`judge submit`: sends a file to a judge and waits for the verdict."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from judge.cli.exit_codes import EXIT_NOT_ACCEPTED, exit_code
from judge.cli.options import ProblemSlug


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("submit")(submit)


def submit(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The solution.")],
    url: Annotated[
        str | None, typer.Option(help="Address of the judge. Default: $JUDGE_URL, else http://127.0.0.1:8000.")
    ] = None,
    problem: ProblemSlug = None,
    submitter: Annotated[
        str | None, typer.Option(help="Your name in the queue. Default: $JUDGE_SUBMITTER, else your address.")
    ] = None,
    token: Annotated[
        str | None,
        typer.Option(
            help="Token that proves that submissions are yours. Default: $JUDGE_TOKEN, else that of `judge login`, else"
            " one that is derived from a secret in your configuration folder."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the submission with its report as JSON.")] = False,
) -> None:
    """Send a file to a judge and wait for its verdict. Exit codes are those of `judge grade`.

    Ctrl+C stops the submission: it gets no verdict and counts as no attempt; the exit code is 130 then.
    """
    from judge.cli.commands.submit_run import send
    from judge.settings import load_client_settings
    from judge.submission import read_source

    settings = load_client_settings({"url": url, "submitter": submitter, "token": token})
    source = read_source(file.read_bytes())
    answer = send(settings, file, source, problem, quiet=as_json or not sys.stderr.isatty())
    if answer.report is None:
        typer.secho("judge: the submission was stopped", err=True, fg="red")
        raise typer.Exit(EXIT_NOT_ACCEPTED)
    if as_json:
        typer.echo(json.dumps({"id": answer.id, "file": str(file), **answer.report.to_json()}, allow_nan=False))
    else:
        from judge.cli.render.report import show

        show([(file, answer.report)])
    raise typer.Exit(exit_code([str(answer.report.verdict)]))
