"""The page behind a join link. An unknown link and a disabled one get the same answer."""

from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.accounts.tokens import MOST_CHARACTERS, hash_of
from judge.store.classes.records import ClassRecord
from judge.web.access import viewer_of
from judge.web.pages.class_views import JoinView
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.problem_details import Refusal
from judge.web.state import Service, TheService

WINDOW = timedelta(minutes=15)
MOST_WRONG = 200  # links that lead nowhere, of one account

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/join/{secret}")
async def join_page(secret: str, request: Request, service: TheService) -> Response:
    """Show the class that a link leads to, and a button to join it."""
    record = await _class_of(secret, request, service)
    page = await pages_of(request).renderer.show(request, JoinView(record=record, secret=secret))
    page.headers["Cache-Control"] = "no-store"
    return page


@router.post("/join/{secret}")
async def join(secret: str, request: Request, service: TheService) -> Response:
    """Join the class that a link leads to."""
    record = await _class_of(secret, request, service)
    user = viewer_of(request).user
    assert user is not None
    await service.store.classes.add_learner(record.id, user.id)
    return RedirectResponse(f"/classes/{record.slug}", status_code=303)


async def _class_of(secret: str, request: Request, service: Service) -> ClassRecord:
    """Return the class of a join link. Raises Refusal."""
    counters = service.store.accounts.counters
    user = viewer_of(request).user
    assert user is not None
    subject = f"join links of {user.id}"  # not of a network: one learner would close the links for a whole class
    seconds = int(WINDOW.total_seconds())
    if await counters.number(subject) >= MOST_WRONG:
        text = f"too many links that lead nowhere: try again in {seconds // 60} minutes"
        raise Refusal(429, "too-many-attempts", text, retry_after=seconds)
    found = await service.store.classes.by_join_link(hash_of(secret[:MOST_CHARACTERS]))
    if found is None:
        await counters.add(subject, WINDOW)
        raise Refusal(404, "unknown-join-link", "this link leads to no class, or to one that nobody may join now")
    return found
