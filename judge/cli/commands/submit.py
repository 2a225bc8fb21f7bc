"""`judge submit`: sends a file to a judge and waits for the verdict."""

import sys
from pathlib import Path
from typing import Annotated, Any, Self

import typer

from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_NOT_ACCEPTED, EXIT_USAGE, exit_code
from judge.cli.options import slug_of

DEFAULT_URL = "http://127.0.0.1:8000"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("submit")(submit)


def submit(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The solution.")],
    url: Annotated[str, typer.Option(envvar="JUDGE_URL", help="The judge.")] = DEFAULT_URL,
    problem: Annotated[
        str | None, typer.Option(metavar="SLUG", help="The problem; else the file's folder under submissions/ tells.")
    ] = None,
    submitter: Annotated[str | None, typer.Option(envvar="JUDGE_SUBMITTER", help="Your name in the queue.")] = None,
    token: Annotated[
        str | None,
        typer.Option(envvar="JUDGE_TOKEN", help="Shows that they are yours; by default your own for that judge."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The submission as JSON, its report in it.")] = False,
) -> None:
    """Send a file to a judge and wait for its verdict. Exit codes are those of `judge grade`."""
    import json

    from judge.client import Judge, Refused, Unreachable
    from judge.submission import read_source

    source = read_source(file.read_bytes())
    with Judge(url, submitter=submitter, token=token) as judge:
        try:
            problem = problem or slug_of(file, [known.slug for known in judge.problems()])
            with _Progress(quiet=as_json or not sys.stderr.isatty()) as progress:
                answer = judge.grade(source, problem, on_event=progress.hear)
        except Refused as refused:
            typer.secho(f"judge: {refused}", err=True, fg="red")
            raise typer.Exit(EXIT_USAGE) from refused
        except Unreachable as unreachable:
            typer.secho(f"judge: {unreachable}", err=True, fg="red")
            raise typer.Exit(EXIT_JUDGE_ERROR) from unreachable
    if answer.report is None:
        typer.secho("judge: the submission was cancelled", err=True, fg="red")
        raise typer.Exit(EXIT_NOT_ACCEPTED)
    if as_json:
        typer.echo(json.dumps({"id": answer.id, "file": str(file), **answer.report.to_json()}, allow_nan=False))
    else:
        from judge.cli.render.report import show

        show([(file, answer.report)])
    raise typer.Exit(exit_code([str(answer.report.verdict)]))


class _Progress:
    """One line that tells how far a submission has come."""

    def __init__(self, *, quiet: bool) -> None:
        from rich.console import Console

        self._status = Console(stderr=True, quiet=quiet).status("sending")

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def hear(self, event: Any) -> None:
        """Show an event of the client."""
        data = event.data
        if event.kind == "case":
            self._status.update(f"{data['name']}: {data['verdict'].replace('_', ' ')}")
        elif event.kind == "status":
            place = f", {data['position']} in the queue" if data["position"] else ""
            if data.get("retry_at"):
                place = f", the judge had a fault ({data['reason']}); it is tried again"
            self._status.update(f"{data['status']}{place}")
