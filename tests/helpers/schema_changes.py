"""Finds what a new JSON Schema takes from those who read by an old one."""

from collections.abc import Iterator
from typing import Any


def breaking_changes(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return the changes from `old` to `new` that need a new major version, a sentence each.

    Members and definitions may be added; a member that is removed, has another type, or need not be there any more, and
    a value that an enumeration gains or loses, are such changes.
    """
    named = [(name, old["$defs"][name], new.get("$defs", {}).get(name)) for name in sorted(old.get("$defs", {}))]
    return [
        change for name, before, after in [("Report", old, new), *named] for change in _changes(name, before, after)
    ]


def _changes(name: str, old: dict[str, Any], new: dict[str, Any] | None) -> Iterator[str]:
    if new is None:
        yield f"{name} is gone"
        return
    if old.get("enum") != new.get("enum"):
        yield f"{name} has other values"
    for member, before in old.get("properties", {}).items():
        after = new.get("properties", {}).get(member)
        if after is None:
            yield f"{name}.{member} is gone"
        elif _shape(before) != _shape(after):
            yield f"{name}.{member} has another type"
        elif member in old.get("required", ()) and member not in new.get("required", ()):
            yield f"{name}.{member} may be missing"


def _shape(node: Any) -> Any:
    """Return a schema without what only people read."""
    if isinstance(node, dict):
        return {key: _shape(value) for key, value in node.items() if key not in ("description", "title")}
    return [_shape(each) for each in node] if isinstance(node, list) else node
