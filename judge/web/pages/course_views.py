"""The values that the templates of a course's pages get: the list, the attempts at a problem, two programs compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from judge.problems.problem import Problem
from judge.web.pages.attempts import Attempt
from judge.web.pages.course import Course
from judge.web.pages.page_views import PageView


@dataclass(frozen=True, kw_only=True)
class ProblemListView(PageView):
    """All problems, track by track, of which `total` are installed. `states` are those of judge.web.pages.access.

    `builds_on` has titles by slug; `tracks` has what the filters leave of each course, `chosen` the filters by name.
    `going_on` is the problem to continue with, None once all are solved.
    """

    template = "problems.html"
    here = "problems"

    tracks: Sequence[tuple[Course, Sequence[Problem]]]
    builds_on: Mapping[str, Sequence[str]]
    states: Mapping[str, str]
    total: int
    going_on: Problem | None
    tags: Sequence[str]
    chosen: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class AttemptsView(PageView):
    """A visitor's attempts at one problem, newest first; `older` is the address of the next page, or empty."""

    template = "attempts.html"
    here = "history"

    problem: Problem
    state: str
    attempts: Sequence[Attempt]
    older: str


@dataclass(frozen=True, kw_only=True)
class CompareView(PageView):
    """Two programs of one problem; `diff` is empty if they can't be compared in time."""

    template = "compare.html"
    here = "history"

    problem: Problem
    submission_id: str
    left: str
    right: str
    diff: Markup
