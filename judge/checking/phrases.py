"""Numbers and names as they are written in a sentence of a verdict."""

from collections.abc import Iterable

from judge.jsonable import cut_text

MAX_NAMES = 6  # of leaves listed in one sentence
NAME_CHARACTERS = 80  # of one name


def number(value: float) -> str:
    """Return `value` with three significant digits."""
    return f"{value:.3g}"


def off_by(error: float | None) -> str:
    """Return "off by up to 0.1" for an error, or "not finite" for None."""
    return "not finite" if error is None else f"off by up to {number(error)}"


def names(paths: Iterable[str]) -> str:
    """Return `paths` as a list, cut after six: "l1.bias and l1.kernel"."""
    listed = [cut_text(path, NAME_CHARACTERS) for path in paths]
    if len(listed) > MAX_NAMES:
        return ", ".join(listed[:MAX_NAMES]) + f" and {len(listed) - MAX_NAMES} more"
    return " and ".join(", ".join(listed).rsplit(", ", 1)) if listed else "none"
