"""The part of a report from which `judge.reproduction` makes a program that repeats the failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Reproduction:
    """A public case that shows the failure on any machine, as Python text.

    `arguments` is a tuple of the entry point's arguments, `expected` what the reference gives for them; `compared` are
    the aspects in which the program differed: `result`, `model`, `start`, `frozen`, `trained`, `memory`, `steps`.
    """

    entry: str
    case: str
    arguments: str
    expected: str
    compared: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as plain dicts and lists, ready for json.dumps."""
        return {**vars(self), "compared": list(self.compared)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Reproduction | None":
        """Return what `to_json` wrote, or None for None. Raises KeyError or TypeError for anything else."""
        if data is None:
            return None
        known = {name: data[name] for name in cls.__dataclass_fields__}
        return cls(**{**known, "compared": tuple(known["compared"])})
