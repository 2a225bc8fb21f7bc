"""`judge new`: writes a small problem package, and submissions for its exam, as a start for an author."""

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
        Path, typer.Option("--dir", metavar="DIR", help="Folder of problem packages; submissions/ is made beside it.")
    ] = Path("problems"),
    entry: Annotated[str, typer.Option(help="The function that a solution defines. Default: made from the slug.")] = "",
    title: Annotated[str, typer.Option(help="The problem's name for people. Default: made from the slug.")] = "",
) -> None:
    """Write a new problem package that passes its exam at once. `judge show --authors` explains every file."""
    from judge.problems.template import write_package
    from judge.submission import SLUG

    if not re.match(SLUG, slug):
        raise typer.BadParameter(f"`{slug}`: use lower-case letters, digits and single hyphens, such as count-the-rows")
    entry = entry or slug.replace("-", "_")
    if not entry.isidentifier() or keyword.iskeyword(entry):
        raise typer.BadParameter(f"`{entry}` is not a valid name for a Python function; use --entry NAME")
    package, papers = folder / slug, folder.resolve().parent / "submissions" / slug
    title = title or slug.replace("-", " ").capitalize()
    for file in write_package(package, papers, entry=entry, title=title):
        typer.echo(_shown(file))
    typer.echo(
        f"\nThis is a small problem that passes its exam. Turn it into your problem, and run the exam:\n"
        f"  judge check {slug}{_option(folder)}\n"
        "  judge show --authors    explains every file, and all that the exam requires"
    )


def _shown(path: Path) -> Path:
    """Return the path relative to the current folder if it is in it, else the absolute path."""
    path, here = path.resolve(), Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _option(folder: Path) -> str:
    """Return the option by which `judge check` finds the folder; empty if it finds it without."""
    from judge.problems.catalog import default_problem_dirs

    if folder.resolve() in [place.resolve() for place in default_problem_dirs()]:
        return ""
    return f" --problems {shlex.quote(str(_shown(folder)))}"
