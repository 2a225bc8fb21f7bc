"""Pages of classes: the list, one class, and one of its assignments."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from judge.account import User
from judge.assignment import Assignment, ClassRole
from judge.classes.rules import late_in_words, standing
from judge.store.classes.records import ClassRecord
from judge.web.access import viewer_of
from judge.web.class_access import OpenClass, assignment_of, is_class_operator, open_class
from judge.web.pages.assignment_notes import assignment_url, moment_text, standing_text
from judge.web.pages.class_mistakes import shared_lines
from judge.web.pages.class_views import AssignmentLine, AssignmentView, ClassListView, ClassView, ProblemLine
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.state import Service, TheService

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/classes")
async def class_list(request: Request, service: TheService) -> Response:
    """Show the classes of the person, or all to operators."""
    viewer = viewer_of(request)
    mine = await service.store.classes.of(viewer.user.id) if viewer.user else []
    roles = {record.id: role for record, role in mine}
    may_make = is_class_operator(viewer)
    found = await service.store.classes.all() if may_make else [record for record, _ in mine]
    view = ClassListView(rows=[(each, roles.get(each.id)) for each in found], may_make=may_make)
    return await pages_of(request).renderer.show(request, view)


@router.get("/classes/{name}")
async def class_page(name: str, request: Request, service: TheService) -> Response:
    """Show a class: its assignments, and to its staff the members and the join link."""
    found = await open_class(service, viewer_of(request), name)
    view = await class_view(service, found, viewer_of(request).user)
    return await pages_of(request).renderer.show(request, view)


@router.get("/classes/{name}/assignments/{assignment}")
async def assignment_page(name: str, assignment: str, request: Request, service: TheService) -> Response:
    """Show an assignment: its problems with the person's results, its dates and its rules."""
    viewer = viewer_of(request)
    found = await open_class(service, viewer, name)
    chosen = assignment_of(await service.store.classes.assignments(found.record.id), assignment)
    is_learner = found.role is ClassRole.LEARNER
    lines = await _problem_lines(service, found.record, chosen, viewer.user.id if viewer.user else "")
    until = chosen.closes if chosen.late else None
    view = AssignmentView(
        record=found.record,
        assignment=chosen,
        is_learner=is_learner,
        opens=moment_text(chosen.opens) if chosen.opens else "",
        due=moment_text(chosen.due) if chosen.due else "",
        until=moment_text(until) if until else "",
        late=late_in_words(chosen),
        lines=lines,
        mistakes=await shared_lines(service, found.record, chosen),
    )
    return await pages_of(request).renderer.show(request, view)


async def class_view(service: Service, found: OpenClass, user: User | None, link: str = "") -> ClassView:
    """Return what the page of a class shows, with its new join link if it was made just now."""
    classes = service.store.classes
    assignments = await classes.assignments(found.record.id)
    cells = await classes.gradebook.cells(found.record.id, assignments, user_id=user.id) if user else []
    solved = {each.id: sum(cell.solved and cell.assignment_id == each.id for cell in cells) for each in assignments}
    lines = [
        AssignmentLine(
            assignment=each,
            url=assignment_url(found.record.slug, each),
            opens=moment_text(each.opens) if each.opens else "",
            due=moment_text(each.due) if each.due else "",
            solved=solved[each.id],
        )
        for each in assignments
    ]
    members = await classes.members(found.record.id) if found.manages else []
    return ClassView(record=found.record, manages=found.manages, lines=lines, members=members, link=link)


async def _problem_lines(
    service: Service, record: ClassRecord, assignment: Assignment, user_id: str
) -> list[ProblemLine]:
    gradebook, now = service.store.classes.gradebook, datetime.now(UTC)
    cells = await gradebook.cells(record.id, [assignment], user_id=user_id, assignment_id=assignment.id)
    by_problem = {cell.problem: cell for cell in cells}
    titles = {problem.slug: problem.title for problem in service.catalog.problems()}
    lines = []
    for slug in assignment.problems:
        cell = by_problem.get(slug)
        now_worth = standing(assignment, cell.attempts if cell else 0, now)
        text = standing_text(assignment, now_worth)
        lines.append(ProblemLine(slug=slug, title=titles.get(slug, slug), cell=cell, standing=now_worth, text=text))
    return lines
