"""The cookie of a session: a random secret, of which the store keeps the hash.

https            __Host-judge_session   Secure, which browsers accept from this host alone, for all its paths
http, loopback   judge_session          the same without Secure, which some browsers refuse over HTTP

Over HTTP from elsewhere nobody can sign in, unless JUDGE_PLAIN_HTTP allows it.
"""

from starlette.requests import Request
from starlette.responses import Response

from judge.accounts.tokens import MOST_CHARACTERS
from judge.settings import Settings
from judge.store.accounts.sessions import LONGEST
from judge.web.client_address import is_loopback_name
from judge.web.host_and_origin import host_name
from judge.web.problem_details import Refusal

SECURE, PLAIN = "__Host-judge_session", "judge_session"


def session_of(request: Request) -> str | None:
    """Return the secret in a request's session cookie, or None."""
    value = request.cookies.get(_name(request), "")
    return value if value and len(value) <= MOST_CHARACTERS else None


def require_private_connection(request: Request, settings: Settings) -> None:
    """Raise Refusal where a password or cookie could be read on the way."""
    host = host_name(request.headers.get("host", "")) or ""
    if request.url.scheme != "https" and not is_loopback_name(host) and not settings.plain_http:
        raise Refusal(
            403,
            "https-needed",
            "signing in needs HTTPS: put a proxy with a certificate before the judge and name it in"
            " JUDGE_TRUSTED_PROXIES, or set JUDGE_PLAIN_HTTP=1 where nobody can listen",
        )


def set_session(response: Response, request: Request, secret: str) -> None:
    """Sign a browser in. Scripts can't read the cookie, and posts from other sites don't carry it."""
    response.set_cookie(
        _name(request),
        secret,
        max_age=int(LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def clear_session(response: Response, request: Request) -> None:
    """Sign a browser out."""
    response.delete_cookie(
        _name(request), path="/", httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )


def _name(request: Request) -> str:
    return SECURE if request.url.scheme == "https" else PLAIN
