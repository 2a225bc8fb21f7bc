"""Mistakes of a class in words: all of them for its staff, and for learners those that enough of them met."""

from collections.abc import Sequence

from judge.assignment import Assignment
from judge.problems.problem import Problem
from judge.store.classes.records import ClassRecord, MistakeCount
from judge.verdict import Verdict
from judge.web.pages.class_views import MistakeLine
from judge.web.state import Service

LEAST_SHARED = 5  # learners that met a mistake, before its number is shown to learners: fewer could be recognised
MOST_SHARED = 5  # mistakes that learners see of an assignment
OF_EVERY_PROBLEM = frozenset({"optimizer-update-swapped"})  # mistakes that the judge knows without the problem


async def all_lines(service: Service, record: ClassRecord, assignments: Sequence[Assignment]) -> list[MistakeLine]:
    """Return every mistake of a class whose assignments are `assignments`, or of one of them."""
    counts = await service.store.classes.mistakes.counts(record.id, assignments)
    problems = {problem.slug: problem for problem in service.catalog.problems()}
    return [_line(each, problems.get(each.problem)) for each in counts]


async def shared_lines(service: Service, record: ClassRecord, assignment: Assignment) -> list[MistakeLine]:
    """Return the mistakes of an assignment that learners may see."""
    lines = await all_lines(service, record, [assignment])
    return [line for line in lines if line.people >= LEAST_SHARED][:MOST_SHARED]


def known_mistakes(service: Service) -> dict[str, frozenset[str]]:
    """Return the ids of the known mistakes of each problem."""
    problems = service.catalog.problems()
    return {problem.slug: OF_EVERY_PROBLEM | frozenset(problem.manifest.mistakes) for problem in problems}


def _line(count: MistakeCount, problem: Problem | None) -> MistakeLine:
    mistake = problem.manifest.mistakes.get(count.cause) if problem else None
    is_check = count.verdict == Verdict.WRONG_ANSWER and count.cause not in OF_EVERY_PROBLEM
    return MistakeLine(
        problem=count.problem,
        title=problem.title if problem else count.problem,
        cause=count.cause,
        message=mistake.message if mistake else f"the check `{count.cause}` failed" if is_check else count.cause,
        verdict=count.verdict,
        attempts=count.attempts,
        people=count.people,
        first=count.first,
        past=count.past,
    )
