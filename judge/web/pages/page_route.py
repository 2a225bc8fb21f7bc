"""The route class of pages: a refusal becomes a page for people, or JSON where a script asked for that."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from judge.web.pages.page_state import pages_of
from judge.web.pages.page_views import ErrorView
from judge.web.problem_details import Refusal, details, refusal_of

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose refusals are read by people."""

    def get_route_handler(self) -> Handler:
        """Return the route's handler, which answers refusals with pages."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except Exception as error:
                refusal = refusal_of(error)
                if refusal is None:
                    raise
                return await refused(request, refusal)

        return handler


def wants_json(request: Request) -> bool:
    """Return whether a script sent the request: it asks for JSON."""
    return "application/json" in request.headers.get("accept", "")


async def refused(request: Request, refusal: Refusal) -> Response:
    """Return a refusal as a page, as JSON, or as the way to sign in."""
    content = details(refusal.kind, refusal.status, refusal.detail, **refusal.more)
    if wants_json(request):
        return JSONResponse(content, status_code=refusal.status, headers=refusal.headers)
    if refusal.kind == "sign-in-needed" and request.method == "GET":
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?{urlencode({'next': target})}", status_code=303)
    slug = request.path_params.get("slug", "")
    has_problem = refusal.kind != "unknown-problem" and slug
    back, label = (f"/problems/{slug}", "Back to the problem") if has_problem else ("/", "To the problems")
    if request.url.path.startswith("/sign-in/"):
        back, label = "/sign-in", "Sign in another way or again"
    view = ErrorView(title=content["title"], detail=refusal.detail, back=back, back_label=label)
    response = await pages_of(request).renderer.show(request, view, refusal.status)
    response.headers.update(refusal.headers)
    return response
