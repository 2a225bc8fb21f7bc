"""The cookie that a launch is begun with, where the browser keeps cookies in frames.

It holds random bits and proves nothing but that the launch comes back to the same browser. `Partitioned` lets browsers
keep it that block the cookies of frames: it belongs to the frame's site and the platform's together. Browsers that keep
none, and judges over plain HTTP on one's own machine, go without it.
"""

from starlette.requests import Request
from starlette.responses import Response

from judge.accounts.tokens import MOST_CHARACTERS, hash_of, new_secret

COOKIE = "__Host-judge_launch"
SECONDS = 3_600  # longer than a launch takes: several may be on their way


def bind(request: Request) -> str:
    """Return the secret of this browser: that of its cookie, or a new one; empty where no cookie can be set."""
    if request.url.scheme != "https":
        return ""
    return _secret(request) or new_secret()


def keep(response: Response, secret: str) -> None:
    """Set the cookie."""
    if secret:
        parts = ("Path=/", f"Max-Age={SECONDS}", "Secure", "HttpOnly", "SameSite=None", "Partitioned")
        response.headers.append("set-cookie", "; ".join((f"{COOKIE}={secret}", *parts)))


def is_bound_elsewhere(request: Request, hashed: str) -> bool:
    """Return whether a launch that was begun with the secret of `hashed` comes from a browser that has another one."""
    secret = _secret(request)
    return bool(hashed and secret) and hash_of(secret) != hashed


def _secret(request: Request) -> str:
    value = request.cookies.get(COOKIE, "")
    return value if len(value) <= MOST_CHARACTERS and value.isascii() and value.isprintable() else ""
