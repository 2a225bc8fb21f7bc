"""A choice of a problem's cases, to be run alone."""

from collections.abc import Sequence
from enum import Enum, auto

from judge.case import SAMPLE, Case


class OnlyCases(Enum):
    """Some of a problem's cases, to be run alone. They come first in the problem, so that their indices are its own."""

    SAMPLES = auto()
    FIRST = auto()


def chosen_of(cases: Sequence[Case], only: OnlyCases | None) -> Sequence[Case]:
    """Return the cases that are run."""
    match only:
        case OnlyCases.SAMPLES:
            return tuple(case for case in cases if case.group == SAMPLE)
        case OnlyCases.FIRST:
            return cases[:1]
    return cases
