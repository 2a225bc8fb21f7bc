"""`judge new`: writes a small package, and submissions for its exam, to begin a problem with."""

import keyword
import re
import shlex
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("new")(new)


def new(
    slug: Annotated[str, typer.Argument(help="The problem's name in addresses: lower-case words with hyphens.")],
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Where problems lie; submissions/ is made beside it.")
    ] = Path("problems"),
    entry: Annotated[
        str, typer.Option(help="The function that a solution defines; made of the slug if left out.")
    ] = "",
    title: Annotated[str, typer.Option(help="The problem's name for people; made of the slug if left out.")] = "",
) -> None:
    """Write a new problem package that passes its exam at once. `judge show --authors` explains every file."""
    from judge.problems.template import write_package
    from judge.submission import SLUG

    if not re.match(SLUG, slug):
        raise typer.BadParameter(f"`{slug}`: use lower-case letters, digits and single hyphens, such as count-the-rows")
    entry = entry or slug.replace("-", "_")
    if not entry.isidentifier() or keyword.iskeyword(entry):
        raise typer.BadParameter(f"`{entry}` is no name of a Python function; say --entry NAME")
    package, papers = folder / slug, folder.resolve().parent / "submissions" / slug
    title = title or slug.replace("-", " ").capitalize()
    for file in write_package(package, papers, entry=entry, title=title):
        typer.echo(_shown(file))
    typer.echo(
        f"\nThis is a small problem that passes its exam. Change its files into your problem, and hold the exam:\n"
        f"  judge check {slug}{_option(folder)}\n"
        "  judge show --authors    explains every file, and what the exam asks"
    )


def _shown(path: Path) -> Path:
    """The path from here, where it lies below; else the whole of it."""
    path, here = path.resolve(), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _option(folder: Path) -> str:
    """How `judge check` is told of the folder; nothing where it looks there anyway."""
    from judge.problems.catalog import default_problem_dirs

    if folder.resolve() in [place.resolve() for place in default_problem_dirs()]:
        return ""
    return f" --problems {shlex.quote(str(_shown(folder)))}"
