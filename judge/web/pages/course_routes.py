"""The routes of a course's pages: the list of problems, the attempts at one, and programs compared."""

import re
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from judge.errors import UnknownSubmission
from judge.problems.problem import Problem
from judge.store.records import Filter
from judge.web.access import viewer_of
from judge.web.client_address import client_address
from judge.web.pages import access, course
from judge.web.pages.after import SOLUTION, owners_of, program_of
from judge.web.pages.attempts import timeline
from judge.web.pages.course_views import AttemptsView, CompareView, ProblemListView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import diffs_of, pages_of
from judge.web.params import ID, known_form
from judge.web.problem_details import Refusal
from judge.web.reading import may_see
from judge.web.state import Service, TheService

ROWS = 20  # attempts on a page; their reports are read for it
TAG_CHARACTERS = 100
STATES = ("", access.OPEN, access.ATTEMPTED, access.SOLVED)

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/")
async def problems(
    request: Request, service: TheService, state: str = "", tag: Annotated[str, Query(max_length=TAG_CHARACTERS)] = ""
) -> Response:
    """Show the problems as courses, filtered."""
    if state not in STATES:
        raise Refusal(422, "unknown-state", f"there is no state `{state}`; use {', '.join(STATES[1:])}")
    found = service.catalog.problems()
    states = await access.problem_states(service.store, viewer_of(request))
    left = {problem.slug for problem in course.chosen(found, states, state, tag)}
    tracks = (
        (each, [problem for problem in each.problems if problem.slug in left])
        for each in course.courses_of(found, states)
    )
    view = ProblemListView(
        tracks=[(each, shown) for each, shown in tracks if shown],
        builds_on=course.groundwork_of(found),
        states=states,
        total=len(found),
        going_on=course.continue_with(found, states),
        tags=course.tags_of(found),
        chosen={"state": state, "tag": tag},
    )
    return await pages_of(request).renderer.show(request, view)


@router.get("/problems/{slug}/attempts")
async def attempts(slug: str, request: Request, service: TheService, before: str = "") -> Response:
    """Show the visitor's own attempts at a problem as a timeline."""
    viewer = viewer_of(request)
    problem = service.catalog.get(slug)
    chosen = Filter(owners=owners_of(viewer), problem=slug, attempts_only=True)
    found = await service.store.submissions.find(chosen, known_form(before) if before else None, ROWS + 1, full=True)
    numbers = await service.store.stats.attempt_numbers(viewer.owners, [stored.id for stored in found])
    states = await access.problem_states(service.store, viewer)
    more = urlencode({"before": found[ROWS - 1].id}) if len(found) > ROWS else ""
    view = AttemptsView(
        problem=problem,
        state=states.get(slug, access.OPEN),
        attempts=timeline(found, numbers)[:ROWS],
        older=f"/problems/{slug}/attempts?{more}" if more else "",
    )
    return await pages_of(request).renderer.show(request, view)


@router.get("/problems/{slug}/compare")
async def compare(slug: str, request: Request, service: TheService, left: str, right: str = SOLUTION) -> Response:
    """Show two programs side by side: `left` is a submission, `right` another, or the solution, or an alternative."""
    problem = service.catalog.get(slug)
    one = await _submitted(request, service, problem, left)
    other = await program_of(request, service, viewer_of(request), problem, right)
    if other is None and not re.match(ID, right):
        raise Refusal(404, "solution-not-shown", "the solution is shown once you have solved the problem")
    if other is None:
        other = await _submitted(request, service, problem, right)
    view = CompareView(
        problem=problem,
        submission_id=left,
        left=one[0],
        right=other[0],
        diff=await _diff(request, service, one, other),
    )
    return await pages_of(request).renderer.show(request, view)


async def _submitted(request: Request, service: Service, problem: Problem, submission_id: str) -> tuple[str, str]:
    """Return the label and source of a submission to `problem` that the viewer may read. Raises UnknownSubmission."""
    viewer = viewer_of(request)
    stored = await service.store.submissions.get(known_form(submission_id))
    if stored.problem != problem.slug or not await may_see(service, viewer, stored):
        raise UnknownSubmission
    numbers = await service.store.stats.attempt_numbers(viewer.owners, [stored.id])
    label = f"Attempt {numbers[stored.id]}" if stored.id in numbers else "Submission"
    return label, stored.source or ""


async def _diff(request: Request, service: Service, left: tuple[str, str], right: tuple[str, str]) -> Markup:
    client = client_address(request.scope, service.settings)
    return await diffs_of(request).draw(left[1], right[1], (left[0], right[0]), client)
