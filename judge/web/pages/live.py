"""The live part of a submission's page: server-sent events whose data are pieces of the page itself.

event: piece    an element that takes the place of the one with its id: the header, a case's cell
event: end      the whole result, once the verdict is there; nothing follows

Nothing has to be resumed: whoever comes back is sent how things stand.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from judge.errors import StoreFault
from judge.store.bus import Inbox
from judge.store.records import LIVE, Stored
from judge.web.pages.shown import case_names, shown
from judge.web.service import Service

REREAD_SECONDS = 2.0  # the row is read again this often, whether there was news or not
SILENCE_SECONDS = 15.0  # longest time without a byte: proxies end what says nothing
TROUBLE_SECONDS = 1.0  # after which a store that can't be read is asked again

Draw = Callable[..., str]  # a macro of parts/result.html by name, and its arguments
PARTS = "parts/result.html"
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"}


async def stream(service: Service, draw: Draw, submission_id: str, judging_id: str) -> AsyncIterator[bytes]:
    """The events of one submission until its verdict."""
    drawn: dict[str, str] = {}  # by id, so that nothing is sent twice
    silent_since = asyncio.get_running_loop().time()
    with service.store.bus.inboxes.listen(judging_id) as inbox:
        while True:
            try:
                stored = await service.store.submission(submission_id)
                position = await service.store.position(stored)
            except StoreFault:
                yield b": the store can't be read\n\n"
                await asyncio.sleep(TROUBLE_SECONDS)
                continue
            if stored.status not in LIVE:
                yield event("end", whole_result(service, draw, stored, None))
                return
            pieces = {"verdict": draw("header", shown(stored), position)}
            _, cases = service.progress.cases(stored.judging_id)
            pieces.update(_cells(draw, cases))
            for name, html in pieces.items():
                if drawn.get(name) != html:
                    drawn[name] = html
                    silent_since = asyncio.get_running_loop().time()
                    yield event("piece", html)
            if asyncio.get_running_loop().time() - silent_since > SILENCE_SECONDS:
                silent_since = asyncio.get_running_loop().time()
                yield b": still here\n\n"
            await _news(inbox)


def whole_result(service: Service, draw: Draw, stored: Stored, position: int | None) -> str:
    """The result's element as it stands."""
    view = shown(stored)
    problem = next((each for each in service.catalog.problems() if each.slug == stored.problem), None)
    return draw("result", view, position, case_names(stored, problem, view.report_object))


def event(name: str, html: str) -> bytes:
    """One server-sent event."""
    lines = "".join(f"data: {line}\n" for line in html.splitlines())
    return f"event: {name}\n{lines}\n".encode()


def _cells(draw: Draw, cases: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {f"cell-{case['name']}": draw("cell", case["name"], case) for case in cases}


async def _news(inbox: Inbox) -> None:
    """Wait for the next note, or until it is time to look again; notes that came together are one."""
    try:
        await asyncio.wait_for(inbox.get(), REREAD_SECONDS)
        await asyncio.sleep(0)  # the service's own memory of the cases hears the same note
    except TimeoutError:
        return
    while not inbox.empty():
        inbox.get_nowait()
