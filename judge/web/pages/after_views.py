"""Offers after a verdict, as the templates get them."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from judge.problems.problem import Problem
from judge.web.pages.attempts import Attempt
from judge.web.pages.course import Course
from judge.web.pages.problem_cache import PreparedAlternative


@dataclass(frozen=True, kw_only=True)
class After:
    """The offer to a learner who has solved a problem. `accepted` is the id of a submission of theirs, or empty.

    `solution` and `alternatives` are empty where they may not be read; `withheld` if that is for a class's rules.
    `is_comparable` if there is a program that the accepted one can be compared with.
    """

    slug: str
    accepted: str
    course: Course
    next: Problem | None
    learned: Sequence[str]
    solution: Markup | str
    alternatives: Sequence[PreparedAlternative]
    withheld: bool
    is_comparable: bool


@dataclass(frozen=True, kw_only=True)
class Again:
    """The offer after an attempt that was not accepted; `hints` have their numbers, from 1."""

    attempt: Attempt
    hints: Sequence[tuple[int, str]]
