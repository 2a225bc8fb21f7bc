"""Offers after a verdict: the next problem and the solution, or a hint where the same mistake came again."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import Request

from judge.assignment import Assignment
from judge.classes.rules import hints_shown, solution_shown
from judge.problems.problem import Problem
from judge.store.records import Filter, Status, SubmissionRecord
from judge.verdict import Verdict
from judge.web.access import Viewer, viewer_of
from judge.web.class_rules import assigned_to, rules_of
from judge.web.pages import access
from judge.web.pages.after_views import After, Again
from judge.web.pages.attempts import Attempt, timeline
from judge.web.pages.course import States, course_with, next_after
from judge.web.pages.page_state import pages_of
from judge.web.state import Service

SOLUTION = "solution"  # in addresses of comparisons, in the place of a submission's id
AFTER = "parts/after.html"
_HEAD_END = "</header>"  # of a result, below which the rest is put


async def after_solving(
    request: Request, service: Service, viewer: Viewer, problem: Problem, states: States, accepted: str
) -> After | None:
    """Return what follows the solving of `problem`; None if the viewer has not solved it."""
    state, found = states.get(problem.slug, access.OPEN), service.catalog.problems()
    course = course_with(found, problem.slug, states)
    if state != access.SOLVED or course is None:
        return None
    rules = rules_of(await assigned_to(service, viewer, problem.slug))
    is_open = access.shows_solution(problem, state, viewer)
    may_see = is_open and solution_shown(rules, datetime.now(UTC))
    prepared = await pages_of(request).preparations.of(problem)
    return After(
        slug=problem.slug,
        accepted=accepted,
        course=course,
        next=next_after(found, problem.slug, states),
        learned=problem.manifest.course.learned,
        solution=prepared.solution if may_see else "",
        alternatives=prepared.alternatives if may_see else (),
        withheld=is_open and not may_see and bool(prepared.solution or prepared.alternatives),
        is_comparable=may_see and bool(prepared.program and accepted),
    )


async def follow_up(
    request: Request, service: Service, viewer: Viewer, problem: Problem | None, stored: SubmissionRecord
) -> tuple[After | None, Again | None]:
    """Return what follows the verdict on `stored`: of an attempt that the viewer sent, and that has its verdict."""
    is_mine = stored.owner in viewer.owners and stored.status is Status.DONE and not stored.samples_only
    if problem is None or not is_mine:
        return None, None
    if stored.verdict != Verdict.ACCEPTED:
        return None, await again(service, viewer, problem, stored)
    states = await access.problem_states(service.store, viewer)
    return await after_solving(request, service, viewer, problem, states, stored.id), None


async def with_follow_up(request: Request, service: Service, stored: SubmissionRecord, html: str) -> str:
    """Return the HTML of a result with what follows its verdict below its head."""
    problem = next((each for each in service.catalog.problems() if each.slug == stored.problem), None)
    solved, once_more = await follow_up(request, service, viewer_of(request), problem, stored)
    if solved is None and once_more is None:
        return html
    draw = pages_of(request).renderer.part
    piece = draw(AFTER, "accepted", solved) if solved else draw(AFTER, "offer", once_more)
    head, end, rest = str(html).partition(_HEAD_END)  # plain text: a Markup would escape the piece
    return head + end + piece + rest if end else head + piece


async def program_of(
    request: Request, service: Service, viewer: Viewer, problem: Problem, key: str
) -> tuple[str, str] | None:
    """Return the label and the text of the solution or an alternative, by `key`; None if there is none to be read."""
    state = (await access.problem_states(service.store, viewer)).get(problem.slug, access.OPEN)
    rules = rules_of(await assigned_to(service, viewer, problem.slug))
    if not access.shows_solution(problem, state, viewer) or not solution_shown(rules, datetime.now(UTC)):
        return None
    prepared = await pages_of(request).preparations.of(problem)
    programs = {each.key: (each.title, each.source) for each in prepared.alternatives}
    if prepared.program:
        programs[SOLUTION] = ("Solution", prepared.program)
    return programs.get(key)


async def accepted_id(service: Service, viewer: Viewer, slug: str) -> str:
    """Return the id of the newest accepted submission of the viewer; "" if there is none."""
    chosen = Filter(owners=owners_of(viewer), problem=slug, verdict=Verdict.ACCEPTED, attempts_only=True)
    found = await service.store.submissions.find(chosen, None, 1)
    return found[0].id if found else ""


async def again(service: Service, viewer: Viewer, problem: Problem, stored: SubmissionRecord) -> Again | None:
    """Return what to offer after `stored`, an attempt of the viewer that is not accepted; None if nothing is."""
    chosen = Filter(owners=owners_of(viewer), problem=problem.slug, attempts_only=True)
    before = await service.store.submissions.find(chosen, stored.id, 1, full=True)
    numbers = await service.store.stats.attempt_numbers(owners_of(viewer), [stored.id])
    attempt = timeline((stored, *before), numbers)[0]
    if not attempt.fixed and not attempt.repeated:
        return None
    rules = rules_of(await assigned_to(service, viewer, problem.slug))
    return Again(attempt=attempt, hints=_hints(problem, attempt, rules))


def _hints(problem: Problem, attempt: Attempt, rules: Sequence[Assignment]) -> list[tuple[int, str]]:
    if not attempt.repeated or not hints_shown(rules, datetime.now(UTC)):
        return []
    hints = enumerate(problem.manifest.hints, 1)
    return [(number, hint.text) for number, hint in hints if attempt.repeated in hint.mistakes]


def owners_of(viewer: Viewer) -> tuple[str, ...]:
    """Return the owners of the viewer's own submissions."""
    return tuple(sorted(viewer.owners))
