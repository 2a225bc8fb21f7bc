"""Sends one file to a judge, and shows the state of the submission until its verdict."""

from pathlib import Path
from typing import Self

import typer
from rich.console import Console

from judge.cli.exit_codes import EXIT_INTERRUPTED, EXIT_JUDGE_ERROR, EXIT_USAGE
from judge.cli.options import slug_of
from judge.client import Answer, Event, Judge, Refused, Unreachable
from judge.settings import ClientSettings


def send(settings: ClientSettings, file: Path, source: str, problem: str | None, *, quiet: bool) -> Answer:
    """Send the source of `file` and return the final answer.

    Raises:
        typer.Exit: the judge refused the submission, can't be reached, or Ctrl+C stopped it; the message is printed.
    """
    with Judge(settings.url, submitter=settings.submitter, token=settings.token) as judge:
        try:
            slug = problem or slug_of(file, [known.slug for known in judge.problems()])
            with _Progress(quiet=quiet) as progress:
                answer = judge.submit(source, slug)
                progress.note(f"submission {answer.id}: Ctrl+C stops it")
                return _followed(judge, answer, progress)
        except Refused as refused:
            typer.secho(f"judge: {refused}", err=True, fg="red")
            raise typer.Exit(EXIT_USAGE) from refused
        except Unreachable as unreachable:
            typer.secho(f"judge: {unreachable}", err=True, fg="red")
            raise typer.Exit(EXIT_JUDGE_ERROR) from unreachable


def _followed(judge: Judge, answer: Answer, progress: "_Progress") -> Answer:
    """Return the final answer; on Ctrl+C stop the submission and raise typer.Exit."""
    try:
        for event in judge.follow(answer.id):
            progress.show(event)
        return judge.wait(answer)
    except KeyboardInterrupt as interrupt:
        progress.show_text("stopping")
        try:
            judge.stop(answer.id)
            text = f"stopped {answer.id}: it gets no verdict, and counts as no attempt"
        except (Refused, Unreachable) as error:
            text = f"{answer.id} was not stopped: {error}"
        typer.secho(f"judge: {text}", err=True, fg="yellow")
        raise typer.Exit(EXIT_INTERRUPTED) from interrupt


class _Progress:
    """One line on standard error with the state of a submission."""

    def __init__(self, *, quiet: bool) -> None:
        self._console = Console(stderr=True, quiet=quiet)
        self._status = self._console.status("sending")

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def note(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, style="dim", highlight=False)

    def show_text(self, text: str) -> None:
        """Show a state in words."""
        self._status.update(text)

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
