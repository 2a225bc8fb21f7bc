"""Limits the claims of one job's replies: to several times those of the reference's own evidence.

The limit is never below the budget of a small problem.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from judge.evidence import Evidence, Value
from judge.inside import budget

MORE = 4  # times the reference's: a submission may build several models and return wider results


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """The most that one job's replies may claim; `budget` starts a count."""

    elements: int = budget.ELEMENTS
    entries: int = budget.ENTRIES
    names: int = budget.NAMES

    def budget(self) -> budget.Budget:
        """Return a fresh budget."""
        return budget.Budget(elements=self.elements, entries=self.entries, names=self.names)


def allowance(expected: Sequence[Evidence]) -> Allowance:
    """Return the limit for replies to the cases whose reference gave `expected`."""
    elements = entries = names = 0
    for evidence in expected:
        for name, value in _walk(evidence.to_tree()):
            entries += 1
            names += name
            elements += value.size if isinstance(value, np.ndarray) else 0
    return Allowance(
        elements=max(budget.ELEMENTS, MORE * elements),
        entries=max(budget.ENTRIES, MORE * entries),
        names=max(budget.NAMES, MORE * names),
    )


def _walk(value: Value) -> Iterator[tuple[int, Value]]:
    """Yield (number of names, value) of a tree's every value."""
    if isinstance(value, dict):
        yield len(value), value
        for item in value.values():
            yield from _walk(item)
    elif isinstance(value, list | tuple):
        yield 0, value
        for item in value:
            yield from _walk(item)
    else:
        yield 0, value
