"""The live part of a submission's page: server-sent events whose data are pieces of the page itself.

event: piece    an element that takes the place of the one with its id: the header, a case's cell
event: end      the whole result, once the verdict is there; nothing follows

Nothing has to be resumed: whoever comes back is sent how things stand.
"""

import asyncio
from collections.abc import AsyncIterator, Callable

from judge.errors import StoreFault
from judge.problems.problem import Problem
from judge.store.bus import Inbox
from judge.store.records import LIVE, Stored
from judge.web.pages.shown import case_names, shown
from judge.web.service import Service

REREAD_SECONDS = 2.0  # the row is read again this often, whether there was news or not
SILENCE_SECONDS = 15.0  # longest time without a byte: proxies end what says nothing

Draw = Callable[..., str]  # a macro of parts/result.html by name, and its arguments
PARTS = "parts/result.html"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


async def stream(
    service: Service, draw: Draw, submission_id: str, judging_id: str, *, readable: bool
) -> AsyncIterator[bytes]:
    """The events of one submission until its verdict, or until the judge stops: the page comes back by itself."""
    drawn: dict[str, str] = {}  # by id, so that nothing is sent twice
    inboxes, clock = service.store.bus.inboxes, asyncio.get_running_loop().time
    quiet_since = clock()
    with inboxes.listen(judging_id) as inbox:
        while True:
            try:
                stored = await service.store.submission(submission_id)
                if stored.status not in LIVE:
                    yield event("end", whole_result(service, draw, stored, None, readable=readable))
                    return
                pieces = await _pieces(service, draw, stored, readable=readable)
            except StoreFault:
                return
            for name, html in pieces.items():
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


async def _pieces(service: Service, draw: Draw, stored: Stored, *, readable: bool) -> dict[str, str]:
    """What may have changed, by id: the header, and the cell of every case; another attempt begins them afresh."""
    header = draw("header", shown(stored, readable=readable), await service.store.position(stored))
    if not readable:
        return {"verdict": header}
    attempt, cases = service.progress.cases(stored.judging_id)
    known = cases if attempt == stored.attempts else []
    by_name = {case["name"]: case for case in known}
    names = case_names(stored, _problem(service, stored.problem), None)
    return {"verdict": header} | {f"cell-{name}": draw("cell", name, by_name.get(name)) for name in names}


def whole_result(service: Service, draw: Draw, stored: Stored, position: int | None, *, readable: bool) -> str:
    """The result's element as it stands; who may not read the report gets the verdict and its time."""
    view = shown(stored, readable=readable)
    names = case_names(stored, _problem(service, stored.problem), view.report_object) if readable else ()
    return draw("result", view, position, names)


def event(name: str, html: str) -> bytes:
    """One server-sent event."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: {name}\n{lines}\n".encode()


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
