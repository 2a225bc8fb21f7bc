"""Prints a problem for its author: statement, cases with their inputs, the reference's values."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from judge.case import SAMPLE, Case
from judge.cli.render.console import is_terminal, say
from judge.evidence import Evidence
from judge.grading.grader import Grader
from judge.jsonable import to_json
from judge.problems.catalog import Catalog

MOST_SHOWN = 300  # characters of one value
DIGITS = 7  # that distinguish float32 numbers; --json has them all


def show(catalog: Catalog, cache: Path, slug: str, case: str | None, *, as_json: bool) -> None:
    """Print the problem `slug`: all samples, or one case. Raises UnknownProblem, PackageFault, SandboxFault."""
    problem = catalog.get(slug)
    cases = problem.cases()
    chosen = [each for each in cases if each.group == SAMPLE] if case is None else [_find(cases, case)]
    expected = dict(zip(_names(cases), _expected(catalog, cache, slug), strict=True))
    rows = [_row(each, expected[each.name]) for each in chosen]
    if as_json:
        print(json.dumps({**problem.summary(), "statement": problem.statement, "cases": rows}, indent=2))
        return
    if case is None:
        if is_terminal():
            say(Markdown(problem.statement))
        else:
            print(problem.statement.rstrip())
        say()
    for row in rows:
        say(_table(row))
        say()


def _names(cases: Sequence[Case]) -> list[str]:
    return [case.name for case in cases]


def _find(cases: Sequence[Case], wanted: str) -> Case:
    for number, case in enumerate(cases, 1):
        if wanted in (case.name, str(number)):
            return case
    raise typer.BadParameter(f"there is no case {wanted}; name one of 1 to {len(cases)}, {', '.join(_names(cases))}")


def _expected(catalog: Catalog, cache: Path, slug: str) -> Sequence[Evidence]:
    grader = Grader(catalog, cache)
    try:
        return grader.expected(slug)
    finally:
        grader.close()


def _row(case: Case, expected: Evidence) -> dict[str, Any]:
    return {
        "name": case.name,
        "inputs": {name: to_json(value) for name, value in case.inputs.items()},
        "expected": to_json(expected.value),
        "models": [{"before": _leaves(each.before), "after": _leaves(each.after)} for each in expected.observed],
        "lookalikes": to_json(expected.also.get("lookalikes")),
        "facts": to_json(expected.facts),
    }


def _leaves(leaves: Any) -> dict[str, Any]:
    return {path: to_json(leaf) for path, leaf in leaves.items()}


def _table(row: dict[str, Any]) -> Table:
    table = Table(
        title=row["name"], title_justify="left", title_style="bold", box=None, pad_edge=False, show_header=False
    )
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in row["inputs"].items():
        table.add_row(name, _text(value))
    table.add_row("expected", Text(_short(row["expected"]), "bold"))
    for model in row["models"]:
        for path, leaf in model["after"].items():
            table.add_row(path, Text(f"{_short(model['before'].get(path))} → {_short(leaf)}"))
    for name, value in (row["lookalikes"] or {}).items():
        table.add_row(f"not {name}", _text(value))
    for name, value in row["facts"].items():
        table.add_row(f"fact {name}", _text(value))
    return table


def _text(value: Any) -> Text:
    return Text(_short(value))


def _short(value: Any) -> str:
    text = json.dumps(_rounded(value))
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list) else value
