"""Finds out who sent a request, and refuses what the access table does not allow them.

Authorization: Bearer jdg_...  an account's token          every request looks it up, so that one
session cookie                 an account, with all its    that was revoked is refused at once
                               rights
Authorization: Bearer ...      JUDGE_ADMIN_TOKEN, or a token that proves ownership only
visitor's cookie               proves ownership only

A token that is sent counts, and not the cookies beside it.
"""

from fastapi import Request

from judge.account import SCOPES_OF, Scope
from judge.accounts.tokens import hash_of, is_token
from judge.errors import StoreFault
from judge.settings import Settings
from judge.web.access import Viewer, bearer_token, is_operators, secrets_of
from judge.web.access_table import SCOPE_OF, Need, need_of
from judge.web.problem_details import Refusal
from judge.web.session_cookie import session_of
from judge.web.state import Service, TheService

EVERYBODY = frozenset({Scope.READ, Scope.SUBMIT})  # the rights of all where there are no accounts


async def admit(request: Request, service: TheService) -> None:
    """Put the viewer into `request.state`. Raises Refusal if they may not use the route."""
    need = need_of(request.method, request.scope["route"].path)
    if need is None:
        raise Refusal(403, "closed", "nobody may use this route")
    if need is Need.NOTHING:
        return
    try:
        viewer = await identify(request, service)
    except StoreFault:
        if need is not Need.ANYONE:
            raise
        viewer = Viewer()
    request.state.viewer = viewer
    refusal = refusal_for(need, viewer, service.settings)
    if refusal is not None:
        raise refusal


async def identify(request: Request, service: Service) -> Viewer:
    """Return who sent a request. Raises Refusal for an account's token that is unknown, revoked or expired."""
    settings, token = service.settings, bearer_token(request)
    owners = secrets_of(request)
    if is_operators(token, settings):
        return Viewer(owners=owners, scopes=frozenset(Scope))
    if not settings.has_accounts:
        return Viewer(owners=owners, scopes=EVERYBODY)
    if token is not None and is_token(token):
        found = await service.store.accounts.tokens.find(hash_of(token))
        if found is None:
            raise Refusal(401, "invalid-token", "this token is unknown, revoked or expired: make a new one")
        held = await service.store.classes.memberships(found.user.id)
        return Viewer(
            owners=frozenset({found.user.owner}),
            scopes=found.scopes,
            user=found.user,
            teaches=held.taught,
            in_classes=held.any,
        )
    cookie = session_of(request) if token is None else None
    session = await service.store.accounts.sessions.find(hash_of(cookie)) if cookie else None
    if session is None or cookie is None:
        return Viewer(owners=owners)
    user = session.user
    held = await service.store.classes.memberships(user.id)
    return Viewer(
        owners=owners | {user.owner},
        scopes=SCOPES_OF[user.role],
        user=user,
        session=hash_of(cookie),
        teaches=held.taught,
        in_classes=held.any,
    )


def refusal_for(need: Need, viewer: Viewer, settings: Settings) -> Refusal | None:
    """Return why `viewer` may not use a route that needs `need`, or None if they may."""
    scope = SCOPE_OF.get(need)
    if need is Need.READ and viewer.user is None:
        return None  # everybody may look for their own
    if need is Need.OPERATE and not settings.has_accounts and not settings.admin_token:
        return Refusal(403, "closed", "rejudging is disabled: this judge runs without JUDGE_ADMIN_TOKEN")
    if need in {Need.OPERATE, Need.MANAGE} and viewer.user is None and scope not in viewer.scopes:
        return Refusal(401, "not-admin", "send `Authorization: Bearer` with the admin's token")
    if scope is not None and scope not in viewer.scopes:
        if viewer.user is None:
            return Refusal(
                401,
                "sign-in-needed",
                "sign in first (`judge login` on a command line), or send `Authorization: Bearer` with a token",
            )
        return Refusal(403, "scope-missing", f"this needs the scope `{scope}`, which your account or token lacks")
    if need is Need.CLASS_CHANGES and not viewer.scopes & {Scope.SUBMIT, Scope.AUTHOR}:
        if viewer.user is None:
            return Refusal(
                401,
                "sign-in-needed",
                "sign in first (`judge login` on a command line), or send `Authorization: Bearer` with a token",
            )
        return Refusal(403, "scope-missing", "this needs the scope `submit` or `author`, which your token lacks")
    if need in {Need.SIGNED_IN, Need.SESSION} and viewer.user is None:
        return Refusal(401, "sign-in-needed", "sign in first")
    if need is Need.SESSION and viewer.session is None:
        return Refusal(403, "session-needed", "only a browser that is signed in may do this, and no token")
    return None
