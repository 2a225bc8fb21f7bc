"""The signature of a problem's function with the type of each argument, in JAX's notation, from the problem's cases.

    weighted_mean(values: float32[N,D], weights: float32[N], axis: int)
    In the samples: N = 8, 5; D = 3, 4

A dimension that is the same in every case is a number. One that varies is a letter, and dimensions that vary together
have the same letter; the samples' values stand beside it. Of the hidden cases only this is used: whether one varies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from judge.case import SAMPLE
from judge.problems.problem import Problem

LETTERS = tuple("NDKMPQRSTUVWXYZABCEFGHIJL")  # in the order of use; further ones are N1, D1 ...
MOST_VALUES = 6  # of one letter that are listed

Sizes: TypeAlias = tuple[int, ...]  # of one dimension, case by case


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument: its name, and its type as `float32[N,3]`."""

    name: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A letter, and the sizes that the samples give it, as `8, 5`."""

    letter: str
    sizes: str


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A function with its arguments, and the letters in their types."""

    entry: str
    arguments: tuple[Argument, ...]
    dimensions: tuple[Dimension, ...]


def signature_of(problem: Problem) -> Signature:
    """Return the signature of a problem's entry point. Raises PackageFault if its cases can't be drawn."""
    cases = problem.cases()
    letters = _Letters()
    arguments = tuple(
        Argument(name=name, type=_type([case.inputs[name] for case in cases], letters)) for name in problem.parameters
    )
    samples = [case.group == SAMPLE for case in cases]
    dimensions = tuple(
        Dimension(letter=letter, sizes=_listed([size for size, shown in zip(sizes, samples, strict=True) if shown]))
        for sizes, letter in letters.given.items()
    )
    return Signature(entry=problem.entry, arguments=arguments, dimensions=dimensions)


class _Letters:
    """Gives a letter to each row of sizes, the same one to equal rows."""

    def __init__(self) -> None:
        self.given: dict[Sizes, str] = {}

    def of(self, sizes: Sizes) -> str:
        """Return the text of a dimension that has these sizes, case by case."""
        if len(set(sizes)) == 1:
            return str(sizes[0])
        if sizes not in self.given:
            round_, at = divmod(len(self.given), len(LETTERS))
            self.given[sizes] = f"{LETTERS[at]}{round_ or ''}"
        return self.given[sizes]


def _type(values: Sequence[Any], letters: _Letters) -> str:
    """Return the type of an argument that has these values, case by case."""
    kinds = list(dict.fromkeys(_kind(value) for value in values))
    if len(kinds) > 1:
        return " | ".join(kinds)
    first = values[0]
    if not isinstance(first, np.ndarray):
        return kinds[0]
    if len({value.ndim for value in values}) > 1:
        return f"{kinds[0]}[...]"
    shapes = zip(*(value.shape for value in values), strict=True)
    return f"{kinds[0]}[{','.join(letters.of(tuple(sizes)) for sizes in shapes)}]"


def _kind(value: Any) -> str:
    return str(value.dtype) if isinstance(value, np.ndarray | np.generic) else type(value).__name__


def _listed(sizes: Sequence[int]) -> str:
    """Return different sizes in their order, the first few."""
    different = list(dict.fromkeys(sizes))
    return ", ".join([*map(str, different[:MOST_VALUES]), *(["…"] if len(different) > MOST_VALUES else [])])
