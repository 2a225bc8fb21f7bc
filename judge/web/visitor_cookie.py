"""The visitor's cookie, which identifies a browser.

The cookie holds 160 random bits and nothing else. Its hash is the submitter and owner of the browser's submissions, so
neither the store nor a page contains anything that another browser could use to become that visitor. The hash takes the
place of a signature, and there is no key to keep, share between machines or lose.
"""

import hashlib
import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from judge.web.schemas import BROWSER

VISITOR_COOKIE = "judge_visitor"
VISITOR_BYTES = 20
VISITOR_LENGTH = 27  # characters of 20 bytes in URL-safe base 64
VISITOR_SECONDS = 400 * 24 * 3600  # the maximum that browsers allow
SUBMITTER_LENGTH = 24  # hexadecimal digits of the hash


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """One browser. `token` is its cookie; `is_new` is true if it does not have that yet."""

    token: str
    is_new: bool

    @property
    def submitter(self) -> str:
        """Return the submitter and owner of this browser's submissions."""
        return BROWSER + hashlib.sha256(self.token.encode()).hexdigest()[:SUBMITTER_LENGTH]


def visitor_of(request: Request) -> Visitor:
    """Return the browser behind a request, or a new visitor if it has no cookie of ours."""
    token = request.cookies.get(VISITOR_COOKIE, "")
    if len(token) == VISITOR_LENGTH and token.isascii():
        return Visitor(token=token, is_new=False)
    return Visitor(token=secrets.token_urlsafe(VISITOR_BYTES), is_new=True)


def remember(response: Response, visitor: Visitor, request: Request) -> None:
    """Set the cookie of a new visitor. Scripts can't read it, and posts from other sites don't carry it."""
    response.set_cookie(
        VISITOR_COOKIE,
        visitor.token,
        max_age=VISITOR_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
