"""A class written as its file; judge.classes.class_file reads the same class from it."""

from collections.abc import Sequence
from typing import Any

import tomlkit

from judge.assignment import Assignment, ClassDescription, Late, Shown


def class_text(description: ClassDescription) -> str:
    """Return the TOML text of a class; what is as by default is left out."""
    document = tomlkit.document()
    document["slug"], document["title"] = description.slug, description.title
    if description.archived:
        document["archived"] = True
    document["staff"] = _array(description.staff)
    if description.learners:
        document["learners"] = _array(description.learners)
    if description.assignments:
        tables = tomlkit.aot()
        for each in description.assignments:
            tables.append(_assignment(each))
        document["assignments"] = tables
    return tomlkit.dumps(document)


def _assignment(assignment: Assignment) -> Any:
    table = tomlkit.table()
    table["slug"], table["title"] = assignment.slug, assignment.title
    table["problems"] = _array(assignment.problems)
    for name in ("opens", "due", "attempts"):
        if (value := getattr(assignment, name)) is not None:
            table[name] = value
    if assignment.late is not None:
        table["late"] = "accept" if assignment.late == Late() else _inline(_late(assignment.late))
    show = {"hints": assignment.hints, "solution": assignment.solution}
    if show != {"hints": Shown.ALWAYS, "solution": Shown.AFTER_ACCEPTED}:
        table["show"] = _inline({name: str(value) for name, value in show.items()})
    return table


def _late(late: Late) -> dict[str, Any]:
    until = {"until": late.until} if late.until is not None else {}
    return {"penalty": late.penalty, "per": str(late.per), **until}


def _inline(values: dict[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(values)
    return table


def _array(values: Sequence[str]) -> Any:
    array = tomlkit.array()
    array.extend(values)
    return array.multiline(len(values) > 5)
