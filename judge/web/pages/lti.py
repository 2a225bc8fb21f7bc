"""Pages of launches from learning platforms; see judge.web.lti."""

from collections.abc import Awaitable, Collection
from itertools import groupby
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.account import Role, User
from judge.errors import JudgeError
from judge.lti.names import display_name
from judge.web.access import viewer_of
from judge.web.lti import tickets
from judge.web.lti.choices import chosen, require_chooser
from judge.web.lti.consent import asks_password, fault_of_consent
from judge.web.lti.framing import allow_form, allow_frames, origins_of, sending_origin
from judge.web.lti.launches import MESSAGE_BYTES, begin, origin, receive
from judge.web.lti.people import assignment_of, enter, join_account, known_account, new_account, require_joinable
from judge.web.lti.tickets import Ticket
from judge.web.pages.lti_views import (
    AccountChoiceView,
    ChoiceView,
    LaunchFaultView,
    LaunchView,
    OpenedView,
    ReturnView,
)
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.page_views import PageView
from judge.web.pages.small_form import read_small_form
from judge.web.problem_details import Refusal, refusal_of
from judge.web.session_cookie import require_private_connection
from judge.web.sign_in import safe_target, sign_in
from judge.web.state import Service, TheService
from judge.worker.lti.tool import LtiTool

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/lti/login")
async def login_by_link(request: Request, service: TheService) -> Response:
    """Begin a launch that a platform asks for with a link."""
    return await _in_frame(request, service, begin(request, service, dict(request.query_params)))


@router.post("/lti/login")
async def login(request: Request, service: TheService) -> Response:
    """Begin a launch that a platform asks for with a form."""
    fields = await read_small_form(request, MESSAGE_BYTES)
    return await _in_frame(request, service, begin(request, service, fields))


@router.post("/lti/launch")
async def launch(request: Request, service: TheService) -> Response:
    """Check a platform's signed message, and show the page that goes on from it."""
    fields = await read_small_form(request, MESSAGE_BYTES)
    return await _in_frame(request, service, _launched(request, service, fields))


@router.post("/lti/open")
async def open_judge(request: Request, service: TheService) -> Response:
    """Sign the person of a launch in, in a new window, and lead to the assignment."""
    require_private_connection(request, service.settings)
    form = await read_small_form(request)
    secret, choice = form.get("ticket", ""), form.get("account", "")
    ticket = await tickets.peek(service, secret)
    assignment = await assignment_of(service, ticket)
    user, here = await known_account(service, ticket), _signed_in(request)
    if user is None and here is not None and choice not in {"this", "new"}:
        return await _which_account(request, service, ticket, secret, here)
    if user is None and here is not None and choice == "this":
        require_joinable(here)
        fault = await fault_of_consent(request, service, here, form.get("password", ""))
        if fault:
            return await _which_account(request, service, ticket, secret, here, fault)
        await tickets.take(service, secret)
        user = await join_account(service, ticket, here)
    else:
        await tickets.take(service, secret)
    user = user or await new_account(service, ticket)
    if assignment is not None:
        await enter(service, ticket, user, assignment)
        target = f"/classes/{assignment.class_slug}/assignments/{assignment.slug}"
    else:
        target = _target(ticket)
    response: Response = RedirectResponse(target, status_code=303)
    if ticket.launch.chooses:
        response = await pages_of(request).renderer.show(request, OpenedView(account=user.name))
    await sign_in(request, service, user, response)
    return response


@router.post("/lti/deep-link")
async def deep_link(request: Request, service: TheService) -> Response:
    """Sign the assignment that somebody chose, and show the form that brings it to the platform."""
    form = await read_small_form(request)
    frames = await tickets.frames(service, form.get("ticket", ""))
    return await _in_frame(request, service, _chosen(request, service, form), frames)


async def _launched(request: Request, service: Service, fields: dict[str, str]) -> Response:
    ticket = await receive(request, service, _tool(service), fields)
    found = ticket.launch
    user = await known_account(service, ticket)
    view: PageView
    if found.chooses and user is not None:
        require_chooser(ticket)
        listed = await service.store.lti.assignments.taught_by(user.id)
        classes = [(title, list(own)) for title, own in groupby(listed, key=lambda each: each.class_title)]
        secret = await tickets.issue(service, ticket)
        view = ChoiceView(ticket=secret, account=user.name, course=found.course_title, classes=classes)
    else:
        name = user.name if user else display_name(found.name)
        view = LaunchView(ticket=await tickets.issue(service, ticket), name=name, chooses=found.chooses)
    return _framed(await pages_of(request).renderer.show(request, view), ticket)


async def _which_account(
    request: Request, service: Service, ticket: Ticket, secret: str, here: User, fault: str = ""
) -> Response:
    view = AccountChoiceView(
        ticket=secret,
        account=here.name,
        may_use=here.role is not Role.OPERATOR,
        name=display_name(ticket.launch.name),
        issuer=ticket.platform.issuer,
        asks_password=await asks_password(service, here),
        fault=fault,
    )
    return await pages_of(request).renderer.show(request, view, 403 if fault else 200)


async def _chosen(request: Request, service: Service, form: dict[str, str]) -> Response:
    secret, url = form.get("ticket", ""), f"{origin(request)}/lti/launch"
    ticket = await tickets.peek(service, secret)
    title, token = await chosen(service, _tool(service), ticket, secret, form.get("assignment", ""), url)
    view = ReturnView(url=ticket.launch.return_url, token=token, title=title)
    response = _framed(await pages_of(request).renderer.show(request, view), ticket)
    allow_form(response, ticket.launch.return_url)
    return response


async def _in_frame(
    request: Request, service: Service, answering: Awaitable[Response], frames: Collection[str] = ()
) -> Response:
    """Return the answer; a refusal as a page for `frames`, or for the platform whose page sent the request."""
    try:
        return await answering
    except (JudgeError, Refusal) as fault:
        refusal = refusal_of(fault)
        if refusal is None:
            raise
    response = await pages_of(request).renderer.show(request, LaunchFaultView(detail=refusal.detail), refusal.status)
    response.headers.update(refusal.headers)
    known = frames or {sending_origin(request)} & origins_of(await service.store.lti.platforms.all())
    allow_frames(response, known)
    return response


def _framed(response: Response, ticket: Ticket) -> Response:
    allow_frames(response, ticket.launch.frame_origins)
    return response


def _signed_in(request: Request) -> User | None:
    """Return the account that this browser is signed in to."""
    viewer = viewer_of(request)
    return viewer.user if viewer.session is not None else None


def _target(ticket: Ticket) -> str:
    """Return the page that a link without an assignment leads to."""
    path = urlsplit(ticket.launch.target).path
    return "/" if path.startswith("/lti/") else safe_target(path or "/")


def _tool(service: Service) -> LtiTool:
    assert service.lti is not None
    return service.lti
