"""What keeps a page safe and a visitor apart from others: policy headers, the origin of posts, the visitor's cookie.

The visitor's cookie holds 160 random bits and nothing else. Its hash is the submitter under which the store files what
the browser sends, so neither the store nor a page ever shows what would make another browser that visitor. That takes
the place of a signature, and there is no key to keep, share between machines or lose.
"""

import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from judge.web.schemas import BROWSER

VISITOR_COOKIE = "judge_visitor"
VISITOR_BYTES = 20
VISITOR_LENGTH = 27  # characters of 20 bytes in URL-safe base 64
VISITOR_SECONDS = 400 * 24 * 3600  # what browsers allow at most
SUBMITTER_LENGTH = 24  # hexadecimal digits of the hash
NONCE_BYTES = 16


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """One browser. `token` is its cookie, `is_new` whether it still has to be told."""

    token: str
    is_new: bool

    @property
    def submitter(self) -> str:
        """The name under which the store knows this browser."""
        return BROWSER + hashlib.sha256(self.token.encode()).hexdigest()[:SUBMITTER_LENGTH]


def visitor_of(request: Request) -> Visitor:
    """The browser that asks, or a new one where it brings no cookie of ours."""
    token = request.cookies.get(VISITOR_COOKIE, "")
    if len(token) == VISITOR_LENGTH and token.isascii():
        return Visitor(token=token, is_new=False)
    return Visitor(token=secrets.token_urlsafe(VISITOR_BYTES), is_new=True)


def remember(response: Response, visitor: Visitor, request: Request) -> None:
    """Hand a new visitor its cookie; scripts can't read it, and other sites' posts don't carry it."""
    response.set_cookie(
        VISITOR_COOKIE,
        visitor.token,
        max_age=VISITOR_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def is_same_origin(request: Request) -> bool:
    """Whether a post comes from a page of this judge. Browsers say so in headers that no script can forge."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    origin = request.headers.get("origin") or request.headers.get("referer")
    # A browser sends at least one of them with a post; a program sends none, and has nobody's cookie to misuse.
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def new_nonce() -> str:
    """A number used once: the editor's own style element carries it."""
    return secrets.token_urlsafe(NONCE_BYTES)


def page_headers(nonce: str) -> dict[str, str]:
    """Headers of every page: only our own files run, nothing is framed, and pages are not kept by others."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
    }
