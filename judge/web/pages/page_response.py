"""Responses that are pages: their headers and their compression."""

import asyncio
import gzip
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from judge.web.access import Viewer
from judge.web.pages.page_meta import meta_of
from judge.web.pages.page_views import PageView
from judge.web.pages.security import new_nonce, page_headers
from judge.web.pages.static_files import Assets
from judge.web.pages.templating import Drawing
from judge.web.state import Service

THEME_COOKIE = "judge_theme"  # written by the page's own script
THEMES = {"light", "dark"}
PACKING_LEVEL = 5  # of gzip's 9: most of the gain for a fifth of the time
PACKED_HERE_BYTES = 32 * 1024  # larger bodies are packed on another thread


# Pages that every judge has. The others belong to accounts; without those nobody waits for them at a start.
EVERYWHERE = frozenset(
    f"{name}.html"
    for name in "attempts base compare docs error help help_index history problem problems status submission".split()
)


class Renderer:
    """Draws templates as responses. They are compiled when it is made, and not while the first visitor waits."""

    def __init__(self, assets: Assets, *, has_accounts: bool = True) -> None:
        self._drawing = Drawing(assets.url)
        environment = self._drawing.environment
        for name in environment.list_templates():
            if has_accounts or name in EVERYWHERE or name.startswith("parts/"):
                environment.get_template(name)
        self.part = self._drawing.part

    async def show(self, request: Request, view: PageView, status_code: int = 200) -> HTMLResponse:
        """Return the page of `view`."""
        return await self.page(request, view.template, status_code, here=view.here, **vars(view))

    async def page(self, request: Request, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """Return a whole page with its headers. Every template also gets `theme`, `nonce`, `person`, `meta`."""
        nonce = new_nonce()
        theme = request.cookies.get(THEME_COOKIE, "")
        shared: dict[str, Any] = {
            "theme": theme if theme in THEMES else "",
            "nonce": nonce,
            "here": "",
            "person": person_of(request),
            "meta": meta_of(request, template),
        }
        html = self._drawing.whole(template, {**shared, **context})
        return await _packed(request, html.encode(), status_code, page_headers(nonce))


@dataclass(frozen=True, kw_only=True)
class Person:
    """The person in a page's header: `name` is empty if they are not signed in, `classes` if they see any."""

    name: str
    classes: bool
    target: str  # the page that signing in leads back to


def person_of(request: Request) -> Person | None:
    """Return the person who sees a page, or None where there are no accounts."""
    service: Service | None = getattr(request.app.state, "service", None)
    if service is None or not service.settings.has_accounts:
        return None
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    leads_back = request.method == "GET" and not request.url.path.startswith("/sign-in/")  # a callback works once
    target = request.url.path if leads_back else "/"
    user = viewer.user if viewer else None
    classes = viewer is not None and user is not None and (viewer.in_classes or viewer.is_operator)
    return Person(name=user.display if user else "", classes=classes, target=target)


async def _packed(request: Request, body: bytes, status_code: int, headers: dict[str, str]) -> HTMLResponse:
    headers = {**headers, "Vary": "Accept-Encoding, Cookie"}
    # A page holds no lasting secret (the nonce is this answer's alone), so its compressed size gives nothing away.
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        if len(body) > PACKED_HERE_BYTES:
            body = await asyncio.to_thread(gzip.compress, body, PACKING_LEVEL, mtime=0)
        else:
            body = gzip.compress(body, PACKING_LEVEL, mtime=0)
    return HTMLResponse(body, status_code=status_code, headers=headers)
