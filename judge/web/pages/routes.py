"""The routes of pages, one function per page. Everything is drawn on the server; scripts only keep it fresh."""

import re
from datetime import UTC, datetime
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from judge.account import Scope
from judge.classes.rules import hints_shown
from judge.errors import UnknownProblem
from judge.problems.problem import Problem
from judge.store.records import LIVE, Filter
from judge.submission import MAX_SOURCE_BYTES, SLUG
from judge.verdict import Verdict
from judge.web.access import Viewer, may_cancel, may_read, page_sender_of, viewer_of, whose
from judge.web.access_table import Need
from judge.web.class_rules import assigned_to, rules_of, standings
from judge.web.client_address import client_address
from judge.web.identity import refusal_for
from judge.web.offload.pool import HelperPool
from judge.web.pages import access, assignment_notes, form, live
from judge.web.pages.after import accepted_id, after_solving, follow_up, with_follow_up
from judge.web.pages.attempts import mistake_of
from judge.web.pages.charts import histogram
from judge.web.pages.completion import url_of
from judge.web.pages.diff_drawer import DiffDrawer
from judge.web.pages.fragment_cache import Drawer, expected_names
from judge.web.pages.page_response import Renderer
from judge.web.pages.page_route import PageRoute, wants_json
from judge.web.pages.page_state import Pages, drawer_of, pages_of
from judge.web.pages.page_views import HistoryView, ProblemView, StatusView, SubmissionView
from judge.web.pages.problem_cache import Preparations
from judge.web.pages.site_files import Cards
from judge.web.pages.static_files import EDITOR, Assets
from judge.web.params import known_form
from judge.web.problem_details import Refusal
from judge.web.reading import may_see, rights_of
from judge.web.state import Service, TheService
from judge.web.visitor_cookie import remember, visitor_of

ROWS = 50  # of the history's page
RECENT = 5  # own submissions on a problem's page
MOST_TIMES = 2_000  # accepted ones in the distribution


def install(app: FastAPI, *, has_accounts: bool) -> None:
    """Let the pages of an application be drawn."""
    assets = Assets()
    renderer = Renderer(assets, has_accounts=has_accounts)
    app.state.pages = Pages(assets=assets, renderer=renderer, preparations=Preparations(), cards=Cards())


def start(app: FastAPI, drawers: HelperPool) -> None:
    """Let the pages draw with the running service's helper processes."""
    pages: Pages = app.state.pages
    app.state.diffs = DiffDrawer(drawers)
    app.state.drawer = Drawer(drawers, partial(pages.renderer.part, live.PARTS), pages.assets.urls())


router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/problems/{slug}")
async def problem_page(
    slug: str, request: Request, service: TheService, earlier: Annotated[str, Query(alias="from")] = ""
) -> Response:
    """Show one problem: the exercise, and an editor with the starter or the submission `from`."""
    visitor, viewer = visitor_of(request), viewer_of(request)
    problem = service.catalog.get(slug)
    states = await access.problem_states(service.store, viewer)
    state = states.get(slug, access.OPEN)
    accepted = await accepted_id(service, viewer, slug) if state == access.SOLVED else ""
    text = (await _earlier(service, viewer, slug, earlier) if earlier else "") or problem.starter
    assigned = await assigned_to(service, viewer, slug)
    now, rules = datetime.now(UTC), rules_of(assigned)
    pages = pages_of(request)
    prepared = await pages.preparations.of(problem)
    view = ProblemView(
        problem=problem,
        statement=prepared.statement,
        sections=prepared.sections,
        summary=prepared.summary,
        signature=prepared.signature,
        samples=prepared.samples,
        answers=await service.store.sample_values.get(problem.digest) or {},
        state=state,
        hints=problem.hints if hints_shown(rules, now) else (),
        notes=assignment_notes.notes_of(await standings(service, viewer, slug, assigned)),
        after=await after_solving(request, service, viewer, problem, states, accepted),
        text=text,
        may_submit=Scope.SUBMIT in viewer.scopes,
        recent=await service.store.submissions.find(_own(viewer, slug), None, RECENT),
        max_source_bytes=MAX_SOURCE_BYTES,
        editor_url=pages.assets.url(EDITOR) if pages.assets.has_editor else "",
        editor_parts=pages.assets.editor_parts,
        completion_url=url_of(service.completion),
    )
    response = await pages.renderer.show(request, view)
    if visitor.is_new:
        remember(response, visitor, request)
    return response


@router.post("/problems/{slug}/submissions")
async def submit(slug: str, request: Request, service: TheService) -> Response:
    """Accept a solution from a problem's form: answer with a redirect to its page, or with JSON for the script."""
    visitor = visitor_of(request)
    sender = page_sender_of(request, visitor, service.settings)
    if not service.rates.take(sender.network):
        raise service.rates.refusal(sender.network)
    posted = await form.read_posted(request, service)
    new = await form.new_submission(service.catalog.get(slug), posted, sender)
    taken = await service.store.submissions.submit(new)
    page = f"/submissions/{taken.submission_id}"
    response: Response = RedirectResponse(page, status_code=303)
    if wants_json(request):
        stored = await service.store.submissions.get(taken.submission_id)
        waiting = await service.waits.of(stored)
        drawer, client = drawer_of(request), _client(request, service)
        html = await live.whole_result(service, drawer, stored, waiting, client, readable=True)
        response = JSONResponse({"page": page, "live": f"{page}/live?beside=true", "html": html}, status_code=201)
    if visitor.is_new:
        remember(response, visitor, request)
    return response


@router.get("/submissions")
async def history(
    request: Request,
    service: TheService,
    choice: Annotated[str, Query(alias="whose")] = "mine",
    problem: str = "",
    verdict: str = "",
    before: str = "",
) -> Response:
    """Show submissions, newest first, filtered."""
    viewer = viewer_of(request)
    mine = choice != "all"
    owners, taught = whose(viewer, service.settings, mine=mine)
    if verdict not in {"", *Verdict}:
        raise Refusal(422, "unknown-verdict", f"there is no verdict `{verdict}`")
    if problem and not re.fullmatch(SLUG, problem):
        raise UnknownProblem
    chosen = Filter(problem=problem or None, verdict=verdict or None, owners=owners, taught=taught)
    found = await service.store.submissions.find(chosen, known_form(before) if before else None, ROWS + 1)
    rows = found[:ROWS]
    query = {"whose": "mine" if mine else "all", "problem": problem, "verdict": verdict}
    catalog = service.catalog.problems()
    view = HistoryView(
        rows=rows,
        numbers=await service.store.stats.attempt_numbers(viewer.owners, [row.id for row in rows]),
        mistakes={row.id: mistake_of(row) for row in rows if may_read(viewer, row)},
        chosen=query,
        filtered=bool(problem or verdict or not mine or before),
        problems=catalog,
        titles={each.slug: each.title for each in catalog},
        verdicts=list(Verdict),
        older=f"/submissions?{urlencode({**query, 'before': rows[-1].id})}" if len(found) > ROWS else "",
        first_page_url=f"/submissions?{urlencode(query)}" if before else "",
    )
    return await pages_of(request).renderer.show(request, view)


@router.get("/submissions/{id}")
async def submission_page(id: str, request: Request, service: TheService) -> Response:  # noqa: A002 - the path's name
    """Show one submission: its progress so far, or its whole report."""
    stored = await service.store.submissions.get(known_form(id))
    viewer = viewer_of(request)
    is_readable = await may_see(service, viewer, stored)
    problem = _problem(service, stored.problem)
    drawer, client = drawer_of(request), _client(request, service)
    waiting = await service.waits.of(stored)
    names = expected_names(stored, problem) if is_readable else ()
    result, summary = await drawer.result(stored, names, waiting, client, readable=is_readable)
    line = summary.line if summary else None
    accepted = stored.verdict == Verdict.ACCEPTED and not stored.samples_only
    times = await service.store.stats.accepted_times(stored.problem, MOST_TIMES) if summary else []
    after, once_more = await follow_up(request, service, viewer, problem, stored)
    view = SubmissionView(
        stored=stored,
        problem=problem,
        title=problem.title if problem else stored.problem,
        finished=stored.status not in LIVE,
        is_mine=stored.owner in viewer.owners,
        may_stop=stored.status in LIVE and may_cancel(viewer, stored) and Scope.SUBMIT in viewer.scopes,
        result=result,
        source=await drawer.source(stored.source or "", line, client) if is_readable else "",
        readable=is_readable,
        summary=summary,
        is_accepted=accepted,
        times=histogram(times, summary.time_ms if summary and accepted else None),
        after=after,
        again=once_more,
    )
    return await pages_of(request).renderer.show(request, view)


@router.get("/submissions/{id}/live")
async def live_events(id: str, request: Request, service: TheService, beside: bool = False) -> Response:  # noqa: A002
    """Stream the pieces of a submission's page as they change, until the verdict; `beside` an editor, what follows."""
    stored = await service.store.submissions.get(known_form(id))
    is_readable = await may_see(service, viewer_of(request), stored)
    client = _client(request, service)
    rights = rights_of(request, service)
    finish = partial(with_follow_up, request, service) if beside and is_readable else None
    events = live.stream(service, drawer_of(request), stored, client, rights, readable=is_readable, finish=finish)
    return StreamingResponse(events, media_type="text/event-stream", headers=live.HEADERS)


@router.get("/status")
async def status(request: Request, service: TheService) -> Response:
    """Show the state of the judge: its queue, its workers and their sandboxes."""
    workers = await service.store.workers.all()
    healthy = [worker for worker in workers if worker.fresh and worker.state == "healthy"]
    reasons = [*service.faults, *(worker.reason for worker in workers if worker.reason)]
    reason = "" if healthy and not service.faults else "; ".join(reasons) or "no worker is ready yet"
    view = StatusView(
        is_ready=not reason,
        reason=reason,
        depth=await service.store.stats.depth(),
        workers=workers,
    )
    return await pages_of(request).renderer.show(request, view)


@router.get("/static/{digest}/{name:path}")
async def static(digest: str, name: str, request: Request) -> Response:
    """Send the style sheet, a script or the editor."""
    return pages_of(request).assets.respond(request, digest, name)


async def _earlier(service: Service, viewer: Viewer, slug: str, submission_id: str) -> str:
    """Return the source of a submission to a problem; an empty text if it can't be read. Raises Refusal."""
    refusal = refusal_for(Need.READ, viewer, service.settings)  # the page itself needs no scope
    if refusal is not None:
        raise refusal
    stored = await service.store.submissions.get(known_form(submission_id))
    return (stored.source or "") if await may_see(service, viewer, stored) and stored.problem == slug else ""


def _own(viewer: Viewer, problem: str) -> Filter:
    return Filter(owners=tuple(sorted(viewer.owners)), problem=problem)


def _client(request: Request, service: Service) -> str:
    return client_address(request.scope, service.settings)


def _problem(service: Service, slug: str) -> Problem | None:
    return next((problem for problem in service.catalog.problems() if problem.slug == slug), None)
