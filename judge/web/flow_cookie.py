"""The cookie of a sign-in that is under way: whoever ends it must have the browser that began it.

Without it, an attacker could begin to sign in as themselves and let somebody else's browser end it (login CSRF).
"""

import hmac
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from judge.accounts.tokens import MOST_CHARACTERS, hash_of, new_secret

SECURE, PLAIN = "__Host-judge_flow", "judge_flow"
LASTS = timedelta(minutes=10)


def flow_of(request: Request) -> str:
    """Return the secret of this browser's sign-ins; a new one if it has none. Several windows share it."""
    value = request.cookies.get(_name(request), "")
    return value if value and len(value) <= MOST_CHARACTERS else new_secret()


def has_flow(request: Request, hashed: str) -> bool:
    """Return whether a request comes from the browser whose secret has the hash `hashed`."""
    value = request.cookies.get(_name(request), "")[:MOST_CHARACTERS]
    return bool(value) and hmac.compare_digest(hash_of(value), hashed)


def set_flow(response: Response, request: Request, secret: str) -> None:
    """Keep the secret in this browser. `lax` sends it when a provider leads back here."""
    response.set_cookie(
        _name(request),
        secret,
        max_age=int(LASTS.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def clear_flow(response: Response, request: Request) -> None:
    """Forget the secret, once somebody is signed in."""
    response.delete_cookie(
        _name(request), path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def _name(request: Request) -> str:
    return SECURE if request.url.scheme == "https" else PLAIN
