"""Pages that a platform may show in a frame: those of a launch alone, and only the platform's own origins."""

from collections.abc import Iterable

from starlette.requests import Request
from starlette.responses import Response

from judge.lti_platform import Platform, is_safe_url, origin_of

POLICY = "Content-Security-Policy"
MOST_ORIGINS = 200


def allow_frames(response: Response, origins: Iterable[str]) -> None:
    """Let pages of these origins show a response in a frame."""
    listed = " ".join(sorted(set(origins))[:MOST_ORIGINS])
    if listed:
        policy = response.headers[POLICY]
        response.headers[POLICY] = policy.replace("frame-ancestors 'none'", f"frame-ancestors {listed}")


def allow_form(response: Response, url: str) -> None:
    """Let a form of the page go to `url`, with the judge's origin: platforms may look at it."""
    policy = response.headers[POLICY]
    response.headers[POLICY] = policy.replace("form-action 'self'", f"form-action 'self' {origin_of(url)}")
    response.headers["Referrer-Policy"] = "strict-origin"


def origins_of(platforms: Iterable[Platform]) -> set[str]:
    """Return the origins of the pages of platforms."""
    urls = (url for each in platforms for url in (each.issuer, each.auth_url))
    return {origin_of(url) for url in urls if is_safe_url(url)}


def sending_origin(request: Request) -> str:
    """Return the origin of the page that sent a request, as its browser says, or an empty text."""
    url = request.headers.get("origin") or request.headers.get("referer") or ""
    return origin_of(url) if is_safe_url(url) else ""
