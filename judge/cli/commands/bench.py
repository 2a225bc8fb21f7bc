"""`judge bench`: measures how quick a verdict is here, compared with other ways to get one."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from judge.cli.options import ProblemDirs, ProblemSlug, slug_of


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("bench")(bench)


def bench(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="An accepted solution.")
    ],
    problem: ProblemSlug = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds over all ways; medians are printed.")] = 5,
    clients: Annotated[
        int, typer.Option(min=1, show_default="one a processor", help="Clients at the same time, for throughput.")
    ] = os.cpu_count() or 1,
    full_only: Annotated[
        bool,
        typer.Option("--full-only", help="Leave out the fast lane, for a solution that the warm-up does not cover."),
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what takes minutes: a process for each case, and throughput.")
    ] = False,
    problems: ProblemDirs = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare ways to judge a solution: fresh processes, a hot one, and the judge's two lanes. Takes some minutes."""
    from dataclasses import asdict

    from judge.bench import run
    from judge.grading.environment import processor
    from judge.problems.catalog import open_catalog
    from judge.submission import Submission, read_source

    catalog = open_catalog(problems)
    slug = problem or slug_of(file, [known.slug for known in catalog.problems()])
    submission = Submission(problem=slug, source=read_source(file.read_bytes()))
    say = (lambda text: typer.secho(text, err=True, dim=True)) if sys.stderr.isatty() else (lambda _text: None)
    found = run(catalog, submission, rounds=rounds, clients=clients, fast=not full_only, quick=quick, say=say)
    rows = [asdict(row) for row in found]
    if as_json:
        about = {"file": str(file), "problem": slug, "rounds": rounds, "clients": clients, "processor": processor()}
        typer.echo(json.dumps(about | {"rows": rows}))
    else:
        typer.echo(f"{processor()}, {os.cpu_count()} processors, {rounds} rounds\n\n{_table(rows, clients)}")


def _table(rows: list[dict[str, Any]], clients: int) -> str:
    """Return the rows as a Markdown table, ready for a README."""
    head = f"| way | request to verdict | times the fresh process | CPU | peak memory | a minute, {clients} clients |"
    lines = [head, "|---|---:|---:|---:|---:|---:|"]
    for row in rows:
        per_minute = "-" if row["per_minute"] is None else f"{row['per_minute']:.0f}"
        lines.append(
            f"| {row['way']} | {row['wall']:.3f} s | {row['ratio']:.4f} | {row['cpu']:.3f} s"
            f" | {row['memory']:.0f} MiB | {per_minute} |"
        )
    return "\n".join(lines)
