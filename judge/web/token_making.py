"""Making and revoking access tokens, for pages and for the API."""

import re
from collections.abc import Iterable
from datetime import datetime

from judge.account import SCOPES_OF, Scope, User
from judge.accounts.tokens import SHOWN_CHARACTERS, hash_of, new_token
from judge.store.accounts.access_tokens import AccessToken
from judge.web.params import ID
from judge.web.problem_details import Refusal
from judge.web.state import Service


async def make_token(
    service: Service, user: User, name: str, scopes: Iterable[Scope], expires: datetime | None
) -> tuple[str, AccessToken]:
    """Return a new token's text, which is not stored, and the token. Raises Refusal, TooMany."""
    beyond = sorted(set(scopes) - SCOPES_OF[user.role])
    if beyond:
        raise Refusal(403, "scope-missing", f"your account lacks the scope {', '.join(beyond)}: choose others")
    text = new_token()
    token = await service.store.accounts.tokens.add(user, hash_of(text), text[:SHOWN_CHARACTERS], name, scopes, expires)
    return text, token


async def revoke_token(service: Service, user: User, token_id: str) -> None:
    """Revoke a token of `user`. Raises Refusal for one that they do not have."""
    if not re.match(ID, token_id) or not await service.store.accounts.tokens.revoke(user.id, token_id):
        raise Refusal(404, "unknown-token", "you have no such token")
