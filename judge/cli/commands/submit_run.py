"""Sends one file to a judge, and shows the state of the submission until its verdict."""

from pathlib import Path
from typing import Self

import typer
from rich.console import Console

from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_USAGE
from judge.cli.options import slug_of
from judge.client import Answer, Event, Judge, Refused, Unreachable
from judge.settings import ClientSettings


def send(settings: ClientSettings, file: Path, source: str, problem: str | None, *, quiet: bool) -> Answer:
    """Send the source of `file` and return the final answer.

    Raises:
        typer.Exit: the judge refused the submission, or can't be reached; the message is printed.
    """
    with Judge(settings.url, submitter=settings.submitter, token=settings.token) as judge:
        try:
            slug = problem or slug_of(file, [known.slug for known in judge.problems()])
            with _Progress(quiet=quiet) as progress:
                return judge.grade(source, slug, on_event=progress.show)
        except Refused as refused:
            typer.secho(f"judge: {refused}", err=True, fg="red")
            raise typer.Exit(EXIT_USAGE) from refused
        except Unreachable as unreachable:
            typer.secho(f"judge: {unreachable}", err=True, fg="red")
            raise typer.Exit(EXIT_JUDGE_ERROR) from unreachable


class _Progress:
    """One line on standard error with the state of a submission."""

    def __init__(self, *, quiet: bool) -> None:
        self._status = Console(stderr=True, quiet=quiet).status("sending")

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def show(self, event: Event) -> None:
        """Show an event of the client."""
        data = event.data
        if event.kind == "case":
            self._status.update(f"{data['name']}: {data['verdict'].replace('_', ' ')}")
        elif event.kind == "status":
            place = f", {data['position']} in the queue" if data["position"] else ""
            if data.get("retry_at"):
                place = f", to be retried after a fault of the judge ({data['reason']})"
            self._status.update(f"{data['status']}{place}")
