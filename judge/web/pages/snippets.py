"""Runs of a statement's snippets: the author's own text in a box, and no attempt.

It is judged as a run of the samples that answers none of them; what it printed is in the report. Equal ones share one
judging, so a class of learners costs a single run.
"""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from judge.problems.snippets import program_of, runnable_snippets
from judge.store.records import NewSubmission
from judge.web.access import page_sender_of
from judge.web.pages.page_route import PageRoute, wants_json
from judge.web.pages.small_form import read_small_form
from judge.web.problem_details import Refusal
from judge.web.state import TheService
from judge.web.visitor_cookie import remember, visitor_of

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/problems/{slug}/snippets")
async def run_snippet(slug: str, request: Request, service: TheService) -> Response:
    """Run the snippet whose `number`, from 1, the form has: answer with its page, or with JSON for the script."""
    visitor = visitor_of(request)
    sender = page_sender_of(request, visitor, service.settings)
    if not service.rates.take(sender.network):
        raise service.rates.refusal(sender.network)
    problem = service.catalog.get(slug)
    number = (await read_small_form(request)).get("number", "")
    snippets = {str(at): text for at, text in enumerate(runnable_snippets(problem.statement), 1)}
    if number not in snippets:
        raise Refusal(404, "unknown-snippet", "the statement has no such snippet that can be run")
    new = NewSubmission(
        problem=problem.slug,
        source=program_of(snippets[number], problem.entry),
        submitter=sender.submitter,
        owner=sender.owner,
        network=sender.network,
        package=problem.digest,
        samples_only=True,
        reuse=True,
    )
    page = f"/submissions/{(await service.store.submissions.submit(new)).submission_id}"
    response: Response = RedirectResponse(page, status_code=303)
    if wants_json(request):
        response = JSONResponse({"page": page, "live": f"{page}/live"}, status_code=201)
    if visitor.is_new:
        remember(response, visitor, request)
    return response
