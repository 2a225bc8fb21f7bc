"""Options and output lines that several commands share."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

SUBMISSIONS = "submissions"  # submissions/<slug>/<verdict>/<file>

ProblemDirs = Annotated[
    list[Path] | None,
    typer.Option(
        "--problems",
        metavar="DIR",
        help="Folder of problem packages; may be repeated. Default: $JUDGE_PROBLEMS, else the packages that came with"
        " the judge.",
    ),
]
ProblemSlug = Annotated[
    str | None,
    typer.Option(
        "--problem",
        metavar="SLUG",
        help="The problem. Default: the name of the file's folder under submissions/, else the only problem that is"
        " installed.",
    ),
]


def slug_of(file: Path, installed: list[str]) -> str:
    """Return the problem of `file`: from its folder under `submissions/`, or the only one that is installed.

    Raises:
        typer.BadParameter: neither of the two decides, or there is no such file.
    """
    parts = file.resolve().parts
    if SUBMISSIONS in parts[:-2]:
        return parts[len(parts) - 1 - parts[::-1].index(SUBMISSIONS) + 1]
    if len(installed) == 1:
        return installed[0]
    if not file.exists():
        raise typer.BadParameter(f"there is no file {file}")
    raise typer.BadParameter(f"which problem is {file} for? Add --problem SLUG, one of: {', '.join(installed)}")


def json_line(row: dict[str, Any]) -> str:
    """Return `row` as one line of JSON Lines, without a line break."""
    return json.dumps(row, ensure_ascii=False, allow_nan=False)
