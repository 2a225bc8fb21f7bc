"""`judge show`: prints a problem, its cases and the reference's values for them; or the manual for authors."""

from typing import Annotated

import typer

from judge.cli.options import ProblemDirs


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("show")(show)


def show(
    slug: Annotated[str | None, typer.Argument(help="The problem. Default: the only one that is installed.")] = None,
    case: Annotated[
        str | None, typer.Option(metavar="N", help="Print one case only: its number, or its name such as hidden-2.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    problems: ProblemDirs = None,
    authors: Annotated[
        bool, typer.Option("--authors", help="Print the manual for authors: how to write a problem.")
    ] = False,
) -> None:
    """Print a problem's statement, its samples, and the values that the reference returns for them."""
    if authors:
        from judge.web.documents import authors_manual

        typer.echo(authors_manual())
        return
    from judge.cli.render import problem as page
    from judge.problems.catalog import default_problem_dirs, open_catalog
    from judge.settings import load_settings

    settings = load_settings()
    catalog = open_catalog(problems or default_problem_dirs(settings.problems))
    installed = [problem.slug for problem in catalog.problems()]
    if slug is None and len(installed) != 1:
        raise typer.BadParameter(f"which problem? Name one of: {', '.join(installed)}")
    page.show(catalog, settings.command_cache_dir, slug or installed[0], case, as_json=as_json)
