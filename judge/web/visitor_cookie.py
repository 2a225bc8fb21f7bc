"""A browser and its cookie.

The visitor's cookie holds 160 random bits and nothing else. Its hash is the submitter and the owner under which the
store files what the browser sends, so neither the store nor a page ever shows what would make another browser that
visitor. That takes the place of a signature, and there is no key to keep, share between machines or lose.
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
VISITOR_SECONDS = 400 * 24 * 3600  # what browsers allow at most
SUBMITTER_LENGTH = 24  # hexadecimal digits of the hash


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """One browser. `token` is its cookie, `is_new` whether it does not have that yet."""

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
