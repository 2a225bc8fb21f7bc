"""Reports for clients: drawn ones, and one with everything in it that is damaged in every place."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings

from judge.report import Report
from tests.helpers.draw_reports import reports
from tests.unit.web.test_report_schema import REPORT

Json = dict[str, Any]
Path = tuple[str | int, ...]
ARBITRARY = ("expected", "actual", "returned")  # members of any type


def drawn(most: int) -> list[Json]:
    """Return up to `most` drawn reports as JSON."""
    found: list[Json] = []

    @settings(
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(reports)
    def note(report: Report) -> None:
        found.append(as_json(report))

    note()
    return found


def damaged() -> dict[str, Json]:
    """Return a complete report once for each damage: a member is missing, or has another type."""
    whole = as_json(REPORT)
    found = {}
    for path in _members(whole):
        name = ".".join(map(str, path))
        value = _parent(whole, path)[path[-1]]
        found[f"{name} is missing"] = missing = copy.deepcopy(whole)
        del _parent(missing, path)[path[-1]]
        found[f"{name} has another type"] = retyped = copy.deepcopy(whole)
        _parent(retyped, path)[path[-1]] = "a text" if isinstance(value, list) else ["a list"]
    return found


def as_json(report: Report) -> Json:
    """Return the report as a client parses it."""
    return json.loads(json.dumps(report.to_json()))


def _parent(report: Json, path: Path) -> Any:
    node: Any = report
    for step in path[:-1]:
        node = node[step]
    return node


def _members(node: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all members that have a type."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in ARBITRARY:
            continue
        if isinstance(key, str):
            yield (*path, key)
        if key != "inputs":  # whose members are any JSON
            yield from _members(value, (*path, key))
