"""The way to an identity provider and back."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.web.access import viewer_of
from judge.web.pages.page_route import PageRoute
from judge.web.sign_in import safe_target
from judge.web.state import TheService

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/sign-in/provider/{name}")
async def begin_sign_in(name: str, request: Request, service: TheService, next: str = "/") -> Response:  # noqa: A002 - the query's
    """Lead to a provider, which leads back to the callback."""
    from judge.web.provider_flow import begin

    if viewer_of(request).user is not None:
        return RedirectResponse(safe_target(next), status_code=303)
    return await begin(request, service, name, next)


@router.get("/sign-in/provider/{name}/callback")
async def end_sign_in(name: str, request: Request, service: TheService) -> Response:
    """Sign in whoever a provider sends back."""
    from judge.web.provider_flow import finish

    return await finish(request, service, name)
