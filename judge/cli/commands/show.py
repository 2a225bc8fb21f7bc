"""`judge show`: prints a problem, its cases and what the reference answers; or the page for authors."""

from typing import Annotated

import typer

from judge.cli.options import ProblemDirs


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("show")(show)


def show(
    slug: Annotated[
        str | None, typer.Argument(help="The problem; may be left out where only one is installed.")
    ] = None,
    case: Annotated[
        str | None, typer.Option(metavar="N", help="One case alone: its number, or its name such as hidden-2.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object for programs.")] = False,
    problems: ProblemDirs = None,
    authors: Annotated[bool, typer.Option("--authors", help="How to write a problem: the page for authors.")] = False,
) -> None:
    """Print a problem's statement, its samples, and the values that the reference gives for them."""
    if authors:
        from judge.web.documents import authors_manual

        typer.echo(authors_manual())
        return
    from judge.cli.render import problem as page
    from judge.problems.catalog import open_catalog

    catalog = open_catalog(problems)
    installed = [problem.slug for problem in catalog.problems()]
    if slug is None and len(installed) != 1:
        raise typer.BadParameter(f"which problem? One of: {', '.join(installed)}")
    page.show(catalog, slug or installed[0], case, as_json=as_json)
