"""Dotted paths of leaves: "l1.kernel" lies under "l1", "l11.kernel" does not."""

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def is_under(path: str, prefix: str) -> bool:
    """Return True if `path` is `prefix` or lies below it; every path lies below the empty prefix."""
    return not prefix or path == prefix or path.startswith(prefix + ".")


def leaves_under(leaves: Mapping[str, T], *prefixes: str) -> dict[str, T]:
    """Return those of `leaves` that lie under one of `prefixes` (all if none is given), sorted by dotted path."""
    return {path: leaves[path] for path in sorted(leaves) if any(is_under(path, one) for one in prefixes or ("",))}
