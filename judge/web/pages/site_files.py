"""Files at fixed addresses that browsers, search engines and previews of links ask for.

/favicon.ico, /apple-touch-icon.png       the mark
/robots.txt                               which pages search engines read
/problems/<slug>/card.png                 a problem's picture, drawn once a package
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from judge.problems.problem import Problem
from judge.web.state import TheService

MOST_CARDS = 64  # kept in memory, of about 30 KB each
MOST_TAGS = 8  # that are looked at
DAY, HOUR = 86_400, 3_600  # seconds
CLOSED = (
    "/account", "/api/", "/audit", "/classes", "/device", "/join/", "/lti/", "/metrics", "/reset", "/setup",
    "/sign-in", "/submissions",
)  # fmt: skip
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in CLOSED)

router = APIRouter(include_in_schema=False)


class Cards:
    """The problems' pictures that were drawn, by the digest of their packages."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, bytes] = OrderedDict()
        self._turn = asyncio.Lock()

    async def of(self, problem: Problem) -> bytes:
        """Return a problem's picture; one is drawn at a time, on another thread."""
        async with self._turn:
            if problem.digest not in self._known:
                self._known[problem.digest] = await asyncio.to_thread(_draw, problem)
                while len(self._known) > MOST_CARDS:
                    self._known.popitem(last=False)
            self._known.move_to_end(problem.digest)
            return self._known[problem.digest]


def _draw(problem: Problem) -> bytes:
    from judge.web.pages.picture import draw_problem, drawable

    tags = [drawable(tag) for tag in problem.manifest.tags[:MOST_TAGS]]
    title = drawable(problem.title) or problem.slug  # in a script that the font lacks
    return draw_problem(title, drawable(problem.signature) or problem.slug, [tag for tag in tags if tag])


@router.get("/problems/{slug}/card.png")
async def card(slug: str, request: Request, service: TheService) -> Response:
    """Send a problem's picture, 1200 by 630 pixels."""
    problem = service.catalog.get(slug)
    etag = f'"{problem.digest[-24:]}"'
    headers = {"Cache-Control": f"public, max-age={HOUR}", "ETag": etag, "X-Content-Type-Options": "nosniff"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    cards: Cards = request.app.state.pages.cards
    return Response(await cards.of(problem), media_type="image/png", headers=headers)


@router.get("/favicon.ico")
async def favicon() -> Response:
    """Send the mark for browsers that ask for it at its usual address."""
    from judge.web.pages import picture

    return await _icon(picture.favicon, "image/vnd.microsoft.icon")


@router.get("/apple-touch-icon.png")
async def touch_icon() -> Response:
    """Send the mark for home screens."""
    from judge.web.pages import picture

    return await _icon(picture.touch_icon, "image/png")


@router.get("/robots.txt")
async def robots() -> Response:
    """Send the list of pages that search engines leave out."""
    return PlainTextResponse(ROBOTS, headers={"Cache-Control": f"public, max-age={DAY}"})


async def _icon(draw: Callable[[], bytes], media_type: str) -> Response:
    headers = {"Cache-Control": f"public, max-age={DAY}", "X-Content-Type-Options": "nosniff"}
    return Response(await asyncio.to_thread(draw), media_type=media_type, headers=headers)
