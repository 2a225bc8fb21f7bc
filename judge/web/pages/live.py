"""The live part of a submission's page: server-sent events whose data are pieces of the page itself.

event: piece    an element that takes the place of the one with its id: the header, a case's cell
event: end      the whole result, once the verdict is there; nothing follows

Nothing has to be resumed: whoever comes back is sent how things stand.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

from judge.errors import StoreFault
from judge.problems.problem import Problem
from judge.store.notifications import Inbox
from judge.store.records import LIVE, SubmissionRecord
from judge.web.limits import STREAM_SECONDS
from judge.web.pages.fragment_cache import Drawer, expected_names
from judge.web.pages.view import ResultView
from judge.web.problem_details import Refusal
from judge.web.state import Service

REREAD_SECONDS = 2.0  # the row is read again this often, whether there was news or not
SILENCE_SECONDS = 15.0  # longest time without a byte: proxies end what says nothing
PIECES_AT_ONCE = 32  # drawn before others have their turn

PARTS = "parts/result.html"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


async def stream(
    service: Service, drawer: Drawer, submission_id: str, judging_id: str, client: str, *, readable: bool
) -> AsyncIterator[bytes]:
    """The events of one submission until its verdict, or until its time is over: the page comes back by itself."""
    drawn: dict[str, str] = {}  # by id, so that nothing is sent twice
    inboxes, clock = service.store.bus.inboxes, asyncio.get_running_loop().time
    quiet_since = clock()
    until = quiet_since + STREAM_SECONDS
    with inboxes.listen(judging_id) as inbox:
        while clock() < until:
            try:
                stored = await service.store.submission(submission_id)
                if stored.status not in LIVE:
                    yield event("end", await whole_result(service, drawer, stored, None, client, readable=readable))
                    return
                pieces = _pieces(service, drawer, stored, await service.store.position(stored), readable=readable)
            except (StoreFault, Refusal):
                return
            for count, (name, html) in enumerate(pieces, 1):
                if count % PIECES_AT_ONCE == 0:
                    await asyncio.sleep(0)
                if drawn.get(name) != html:
                    drawn[name] = html
                    quiet_since = clock()
                    yield event("piece", html)
            if inboxes.closed:
                return
            if clock() - quiet_since > SILENCE_SECONDS:
                quiet_since = clock()
                yield b": still here\n\n"
            await _news(inbox)


def _pieces(
    service: Service, drawer: Drawer, stored: SubmissionRecord, position: int | None, *, readable: bool
) -> Iterator[tuple[str, str]]:
    """What may have changed, by id: the header, and the cell of every case; another attempt begins them afresh."""
    attempt, cases = service.progress.cases(stored.judging_id)
    known = cases if attempt == stored.attempts else []
    by_name = {case["name"]: case for case in known}
    yield "verdict", drawer.part("header", ResultView(stored=stored), position)
    if not readable:
        return
    for name in expected_names(stored, _problem(service, stored.problem)):
        yield f"cell-{name}", drawer.part("cell", name, by_name.get(name))


async def whole_result(
    service: Service, drawer: Drawer, stored: SubmissionRecord, position: int | None, client: str, *, readable: bool
) -> str:
    """The result's element as it stands; who may not read the report gets the verdict and its time.

    Raises Refusal where too many wait to be drawn.
    """
    names = expected_names(stored, _problem(service, stored.problem)) if readable else ()
    html, _ = await drawer.result(stored, names, position, client, readable=readable)
    return html


def event(name: str, html: str) -> bytes:
    """One server-sent event."""
    data = html.rstrip("\n").replace("\r", "\n").replace("\n", "\ndata: ")  # not line by line: it may be megabytes
    return f"event: {name}\ndata: {data}\n\n".encode("utf-8", "replace")


def _problem(service: Service, slug: str) -> Problem | None:
    return next((problem for problem in service.catalog.problems() if problem.slug == slug), None)


async def _news(inbox: Inbox) -> None:
    """Wait for the next note, or until it is time to look again; notes that came together are one."""
    try:
        await asyncio.wait_for(inbox.get(), REREAD_SECONDS)
        await asyncio.sleep(0)  # the service's own memory of the cases hears the same note
    except TimeoutError:
        return
    while not inbox.empty():
        inbox.get_nowait()
