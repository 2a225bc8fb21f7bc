"""The problems as a course: how far a learner is in it, and which problem comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judge.problems.problem import Problem
from judge.web.pages.access import ATTEMPTED, OPEN, SOLVED

States = Mapping[str, str]  # of judge.web.pages.access, by slug


@dataclass(frozen=True, kw_only=True)
class Course:
    """A track and its problems, of which `solved` are solved; `name` is empty for those without a track."""

    name: str
    problems: Sequence[Problem]
    solved: int

    @property
    def total(self) -> int:
        """Return the number of its problems."""
        return len(self.problems)


def courses_of(found: Sequence[Problem], states: States) -> list[Course]:
    """Return the tracks of `found` in their order, which is kept in each of them."""
    tracks: dict[str, list[Problem]] = {}
    for problem in found:
        tracks.setdefault(_track(problem), []).append(problem)
    return [Course(name=name, problems=each, solved=_solved(each, states)) for name, each in tracks.items()]


def course_with(found: Sequence[Problem], slug: str, states: States) -> Course | None:
    """Return the track of one problem; None if the problem is gone."""
    courses = courses_of(found, states)
    return next((each for each in courses if any(problem.slug == slug for problem in each.problems)), None)


def groundwork_of(found: Sequence[Problem]) -> dict[str, list[str]]:
    """Return the titles of the problems that each one builds on, by slug; the slug of one that is not installed."""
    titles = {problem.slug: problem.title for problem in found}
    after = {problem.slug: problem.manifest.track.after for problem in found if problem.manifest.track}
    return {slug: [titles.get(each, each) for each in earlier] for slug, earlier in after.items() if earlier}


def missing_before(problem: Problem, found: Sequence[Problem], states: States) -> list[Problem]:
    """Return the problems that `problem` builds on, of those that are installed and not solved."""
    after = problem.manifest.track.after if problem.manifest.track else ()
    return [each for each in found if each.slug in after and states.get(each.slug) != SOLVED]


def continue_with(found: Sequence[Problem], states: States) -> Problem | None:
    """Return the problem to go on with: one that was begun, or else the first whose groundwork is done."""
    begun = [problem for problem in found if states.get(problem.slug) == ATTEMPTED]
    return begun[0] if begun else _first_ready(found, found, states)


def next_after(found: Sequence[Problem], slug: str, states: States) -> Problem | None:
    """Return the unsolved problem that follows `slug`: in its track first, and first one whose groundwork is done."""
    others = [problem for problem in found if problem.slug != slug]
    course = course_with(found, slug, states)
    in_track = [problem for problem in course.problems if problem.slug != slug] if course else []
    return _first_ready(in_track, found, states) or _first_ready(others, found, states)


def chosen(found: Sequence[Problem], states: States, state: str, tag: str) -> list[Problem]:
    """Return the problems in `state` that have `tag`; an empty text means any."""
    return [
        problem
        for problem in found
        if state in {"", states.get(problem.slug, OPEN)} and (not tag or tag in problem.manifest.tags)
    ]


def tags_of(found: Sequence[Problem]) -> list[str]:
    """Return all tags, each once, in alphabetical order."""
    return sorted({tag for problem in found for tag in problem.manifest.tags})


def _first_ready(candidates: Sequence[Problem], found: Sequence[Problem], states: States) -> Problem | None:
    unsolved = [problem for problem in candidates if states.get(problem.slug) != SOLVED]
    ready = [problem for problem in unsolved if not missing_before(problem, found, states)]
    return next(iter(ready or unsolved), None)


def _track(problem: Problem) -> str:
    return problem.manifest.track.name if problem.manifest.track else ""


def _solved(problems: Sequence[Problem], states: States) -> int:
    return sum(states.get(problem.slug) == SOLVED for problem in problems)
