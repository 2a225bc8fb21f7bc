"""`judge class`: the classes of a judge, by its HTTP API."""

from pathlib import Path
from typing import Annotated

import typer

Slug = Annotated[str, typer.Argument(help="The class, as in its address.")]
Url = Annotated[str | None, typer.Option(help="Address of the judge. Default: $JUDGE_URL, else http://127.0.0.1:8000.")]
Token = Annotated[
    str | None, typer.Option(help="Access token of your account. Default: $JUDGE_TOKEN, else that of `judge login`.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Make, read and grade classes on a judge.")
    for name, command in (("apply", apply), ("export", export), ("list", list_), ("gradebook", gradebook)):
        group.command(name)(command)
    app.add_typer(group, name="class")


def apply(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The class as TOML.")],
    url: Url = None,
    token: Token = None,
) -> None:
    """Make the class that a file describes, or change it to what the file says. The same file again changes nothing.

    Making a class and adding learners by name needs an operator's token with the scope `author`, as `judge login
    --scopes read,submit,author` makes one; staff change their class with the scope `submit`. Exit code 2 if the file
    has faults, which are printed.
    """
    from judge.cli.commands.classes_run import apply_file

    apply_file(file, url=url, token=token)


def export(
    slug: Slug,
    out: Annotated[Path | None, typer.Option("--out", help="Write the file here. Default: standard output.")] = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Print a class as its file, with all members; `judge class apply` takes it back."""
    from judge.cli.commands.classes_run import export_file

    export_file(slug, out, url=url, token=token)


def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON array.")] = False,
    url: Url = None,
    token: Token = None,
) -> None:
    """List your classes, the newest first; all of them for operators."""
    from judge.cli.commands.classes_run import list_classes

    list_classes(as_json=as_json, url=url, token=token)


def gradebook(
    slug: Slug,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: a row a learner.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object; the default.")] = False,
    assignment: Annotated[str | None, typer.Option(help="One assignment alone.")] = None,
    url: Url = None,
    token: Token = None,
) -> None:
    """Print the gradebook of a class, for its staff."""
    from judge.cli.commands.classes_run import print_gradebook

    if as_csv and as_json:
        raise typer.BadParameter("choose one of --csv and --json")
    print_gradebook(slug, "csv" if as_csv else "json", assignment, url=url, token=token)
