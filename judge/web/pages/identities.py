"""The page of an account's identities: connect another one, disconnect one, but never the last way to sign in."""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from judge.identity_provider import ISSUER_CHARACTERS
from judge.web.access import viewer_of
from judge.web.pages.account_views import IdentitiesView, IdentityRow, ProviderLink
from judge.web.pages.page_route import PageRoute
from judge.web.pages.page_state import pages_of
from judge.web.pages.small_form import read_small_form
from judge.web.problem_details import Refusal
from judge.web.state import TheService

router = APIRouter(prefix="/account/identities", include_in_schema=False, route_class=PageRoute)


@router.get("")
async def identities_page(request: Request, service: TheService) -> Response:
    """Show the identities of one's account, and the providers that could be connected."""
    user = viewer_of(request).user
    assert user is not None
    labels = {each.issuer: each.label for each in service.settings.providers}
    found = await service.store.accounts.identities.of(user.id)
    rows = [
        IdentityRow(
            label=labels.get(each.issuer, each.issuer),
            issuer=each.issuer,
            subject=each.subject,
            created=each.created,
        )
        for each in found
    ]
    links = [ProviderLink(name=each.name, label=each.label) for each in service.settings.providers]
    return await pages_of(request).renderer.show(request, IdentitiesView(identities=rows, providers=links))


@router.get("/{name}/connect")
async def connect(name: str, request: Request, service: TheService) -> Response:
    """Lead to a provider, to add an identity to one's account.

    Only from a page of this judge: another site could have signed the browser in at the provider as an attacker, who
    would then be able to sign in to this account.
    """
    from judge.web.provider_flow import begin

    if not _is_from_own_page(request):
        raise Refusal(403, "other-origin", "use the link on the page of your identities")
    return await begin(request, service, name, "/account/identities", link_to=viewer_of(request).user)


@router.post("/disconnect")
async def disconnect(request: Request, service: TheService) -> Response:
    """Take an identity from one's account."""
    user, form = viewer_of(request).user, await read_small_form(request)
    assert user is not None
    issuer, subject = form.get("issuer", "")[: ISSUER_CHARACTERS + 1], form.get("subject", "")[: ISSUER_CHARACTERS + 1]
    issuers = [each.issuer for each in service.settings.providers]
    if not (issuer + subject).isprintable() or not await service.store.accounts.identities.unlink(
        user.id, issuer, subject, issuers
    ):
        raise Refusal(404, "unknown-identity", "your account does not have this identity any more")
    return RedirectResponse("/account/identities", status_code=303)


def _is_from_own_page(request: Request) -> bool:
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    try:
        return urlsplit(request.headers.get("referer", "")).netloc.lower() == request.headers["host"].lower()
    except ValueError:
        return False
