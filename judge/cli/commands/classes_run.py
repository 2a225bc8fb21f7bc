"""The work of `judge class`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from judge.cli.exit_codes import EXIT_JUDGE_ERROR, EXIT_USAGE
from judge.client.classes import ClassesClient
from judge.client.faults import Refused, Unreachable
from judge.settings import load_client_settings

MOST_FILE_BYTES = 1024 * 1024  # read; the judge takes less


def apply_file(file: Path, *, url: str | None, token: str | None) -> None:
    """Apply the file of a class."""
    with file.open("rb") as opened:
        raw = opened.read(MOST_FILE_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{file} is not UTF-8 text") from error
    with _classes(url, token) as classes:
        applied = classes.apply(text)
    assignments = ", ".join(applied["assignments"]) or "none"
    typer.echo(f"{applied['slug']}: {applied['title']}; assignments: {assignments}")


def export_file(slug: str, out: Path | None, *, url: str | None, token: str | None) -> None:
    """Write the file of a class."""
    with _classes(url, token) as classes:
        text = classes.export(slug)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")


def list_classes(*, as_json: bool, url: str | None, token: str | None) -> None:
    """Print the classes."""
    with _classes(url, token) as classes:
        found = classes.all()
    if as_json:
        typer.echo(json.dumps(found, indent=1))
        return
    for each in found:
        role = each["role"] or "operator"
        typer.echo(f"{each['slug']:<32} {role:<9} {each['title']}{' (archived)' if each['archived'] else ''}")


def print_gradebook(slug: str, form: str, assignment: str | None, *, url: str | None, token: str | None) -> None:
    """Print the gradebook of a class."""
    with _classes(url, token) as classes:
        text = classes.gradebook(slug, form, assignment)
    typer.echo(text, nl=not text.endswith("\n"))


@contextmanager
def _classes(url: str | None, token: str | None) -> Iterator[ClassesClient]:
    """Open the classes of the judge. A refusal is printed, and ends the command."""
    settings = load_client_settings({"url": url, "token": token})
    classes = ClassesClient(settings.url, settings.token)
    try:
        yield classes
    except Refused as refused:
        typer.secho(f"judge: {refused}", err=True, fg="red")
        raise typer.Exit(EXIT_USAGE) from refused
    except Unreachable as unreachable:
        typer.secho(f"judge: {unreachable}", err=True, fg="red")
        raise typer.Exit(EXIT_JUDGE_ERROR) from unreachable
    finally:
        classes.close()
