"""The live part of a submission's page: server-sent events whose data are pieces of the page.

event: piece    an element that replaces the one with its id: the header, a case's cell
event: end      the whole result, once the verdict is there; nothing follows

Nothing has to be resumed: a client that comes back is sent the present state.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from judge.problems.problem import Problem
from judge.store.records import LIVE, SubmissionRecord
from judge.web.estimate import Waiting
from judge.web.event_stream import event_stream
from judge.web.pages.fragment_cache import Drawer, expected_names
from judge.web.pages.view import ResultView
from judge.web.state import Service

PIECES_AT_ONCE = 32  # drawn before others have their turn

PARTS = "parts/result.html"
Finish = Callable[[SubmissionRecord, str], Awaitable[str]]
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


def stream(
    service: Service,
    drawer: Drawer,
    seen: SubmissionRecord,
    client: str,
    require_right: Callable[[SubmissionRecord], Awaitable[None]],
    *,
    readable: bool,
    finish: Finish | None = None,
) -> AsyncIterator[bytes]:
    """Stream the events of one submission until its verdict, or until its time is over and the page comes back.

    `finish` completes the HTML of the result.
    """
    drawn: dict[str, str] = {}  # by id, so that nothing is sent twice

    async def changes(stored: SubmissionRecord) -> AsyncIterator[bytes]:
        if stored.status not in LIVE:
            html = await whole_result(service, drawer, stored, None, client, readable=readable)
            yield event("end", await finish(stored, html) if finish else html)
            return
        waiting = await service.waits.of(stored)
        for count, (name, html) in enumerate(_pieces(service, drawer, stored, waiting, readable=readable), 1):
            if count % PIECES_AT_ONCE == 0:
                await asyncio.sleep(0)
            if drawn.get(name) != html:
                drawn[name] = html
                yield event("piece", html)

    return event_stream(service.store, seen.id, seen.judging_id, changes, require_right)


def _pieces(
    service: Service, drawer: Drawer, stored: SubmissionRecord, waiting: Waiting | None, *, readable: bool
) -> Iterator[tuple[str, str]]:
    """Yield (id, HTML) of all that may have changed: the header and every case's cell; a new attempt begins anew."""
    attempt, cases = service.progress.cases(stored.judging_id)
    known = cases if attempt == stored.attempts else []
    by_name = {case["name"]: case for case in known}
    yield "verdict", drawer.part("header", ResultView(stored=stored), waiting)
    if not readable:
        return
    for name in expected_names(stored, _problem(service, stored.problem)):
        yield f"cell-{name}", drawer.part("cell", name, by_name.get(name))


async def whole_result(
    service: Service, drawer: Drawer, stored: SubmissionRecord, waiting: Waiting | None, client: str, *, readable: bool
) -> str:
    """Draw the result's element; a client that may not read the report gets the verdict and its time.

    Raises Refusal where too many wait to be drawn.
    """
    names = expected_names(stored, _problem(service, stored.problem)) if readable else ()
    html, _ = await drawer.result(stored, names, waiting, client, readable=readable)
    return html


def event(name: str, html: str) -> bytes:
    """Format one server-sent event."""
    data = html.rstrip("\n").replace("\r", "\n").replace("\n", "\ndata: ")  # not line by line: it may be megabytes
    return f"event: {name}\ndata: {data}\n\n".encode("utf-8", "replace")


def _problem(service: Service, slug: str) -> Problem | None:
    return next((problem for problem in service.catalog.problems() if problem.slug == slug), None)
