"""Pages for the staff of a class: its gradebook, and the mistakes of its learners."""

import asyncio
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from judge.store.classes.mistakes import MOST_REPORTS
from judge.web.access import viewer_of
from judge.web.class_access import assignment_of, managed_class
from judge.web.gradebooks import book_of
from judge.web.pages.class_mistakes import all_lines, known_mistakes
from judge.web.pages.class_views import GradebookView, MistakesView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.state import Service, TheService

LEARNERS = 200  # on a page of the gradebook
MOST_COLUMNS = 40  # problems on a page of the gradebook; a class with more shows one assignment at a time

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/classes/{name}/gradebook")
async def gradebook_page(
    name: str, request: Request, service: TheService, assignment: str = "", after: str = ""
) -> Response:
    """Show the results of a class, or of one assignment; learners from the one after the name `after`."""
    record = await managed_class(service, viewer_of(request), name)
    every = await service.store.classes.assignments(record.id)
    if not assignment and sum(len(each.problems) for each in every) > MOST_COLUMNS:
        assignment = every[0].slug
    book = await book_of(service, record, assignment_of(every, assignment) if assignment else None)
    left = [row for row in book.rows if row.user.name.lower() > after.lower()]
    following = urlencode({"assignment": assignment, "after": left[LEARNERS - 1].user.name}) if left[LEARNERS:] else ""
    view = GradebookView(
        record=record,
        all_assignments=every,
        assignments=book.assignments,
        chosen=assignment,
        titles=_titles(service),
        rows=left[:LEARNERS],
        total=len(book.rows),
        following=following,
    )
    return await pages_of(request).renderer.show(request, view)


@router.get("/classes/{name}/mistakes")
async def mistakes_page(name: str, request: Request, service: TheService, assignment: str = "") -> Response:
    """Show the mistakes of a class's learners, or those of one assignment."""
    record = await managed_class(service, viewer_of(request), name)
    every = await service.store.classes.assignments(record.id)
    chosen = [assignment_of(every, assignment)] if assignment else every
    checks, lines = await asyncio.gather(  # each reads all attempts, on a connection of its own
        service.store.classes.mistakes.failed_checks(record.id, chosen, known_mistakes(service)),
        all_lines(service, record, chosen),
    )
    view = MistakesView(
        record=record,
        all_assignments=every,
        chosen=assignment,
        lines=lines,
        checks=checks,
        titles=_titles(service),
        most_reports=MOST_REPORTS,
    )
    return await pages_of(request).renderer.show(request, view)


def _titles(service: Service) -> dict[str, str]:
    return {problem.slug: problem.title for problem in service.catalog.problems()}
