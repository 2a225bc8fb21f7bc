"""Checks of every request before any route: the name in its Host header, and the site of the page that sent it.

Host              must be a name of this judge, or 421. If an attacker's name resolves to this machine (DNS
                  rebinding), a browser still sends the attacker's name here.
Sec-Fetch-Site,   a request that may change something must not come from a page of another site, or 403. Browsers
Origin, Referer   set these headers and scripts can't; programs send none of them, and have nobody's cookie.

With accounts, FOREIGN_POSTS are the exception: pages of learning platforms post there, in any browser. No cookie gives
them a right; a state, a nonce and the platform's signature do, and what they may do is to show a page with a button.
"""

import ipaddress
import re
import socket
from functools import lru_cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from judge.settings import Settings
from judge.web.client_address import client_scheme, is_loopback_name
from judge.web.problem_details import Refusal, response_to

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
FOREIGN_POSTS = frozenset({"/lti/login", "/lti/launch"})  # exact paths
ANY_HOST = "*"
SHOWN_CHARACTERS = 100  # of a name that is refused
_HOST = re.compile(r"(\[(?P<address>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(:[0-9]{1,5})?")


class Boundary:
    """Middleware: refuses foreign host names and foreign pages, and corrects the scheme behind a trusted proxy."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await response_to(refusal)(scope, receive, send)
            return
        scope["scheme"] = client_scheme(scope, self._settings)
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or (host := host_name(hosts[0])) is None:
            return Refusal(400, "bad-host", "a request needs one Host header: a name or address, with or without port")
        if not is_allowed_host(host, self._settings):
            name = host[:SHOWN_CHARACTERS]
            return Refusal(421, "unknown-host", f"`{name}` is not a name of this judge; JUDGE_ALLOWED_HOSTS lists them")
        if scope["method"] not in SAFE_METHODS and not self._is_foreign_post(scope) and not is_same_origin(headers):
            return Refusal(403, "other-origin", "sent by a page of another site; use the judge's own pages")
        return None

    def _is_foreign_post(self, scope: Scope) -> bool:
        is_post = scope["method"] == "POST" and scope["path"] in FOREIGN_POSTS
        return is_post and self._settings.has_accounts


def is_same_origin(headers: Headers) -> bool:
    """Return whether a request comes from a page of this judge, or not from a page at all."""
    fetch_site = headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    origin = headers.get("origin") or headers.get("referer")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    except ValueError:
        return False


def host_name(header: str) -> str | None:
    """Return the name or address in a Host header, in lower case and without its port; None if malformed."""
    found = _HOST.fullmatch(header.lower())
    return (found["address"] or found["name"].rstrip(".") or None) if found else None


def is_allowed_host(host: str, settings: Settings) -> bool:
    """Return whether the judge answers to `host`.

    JUDGE_ALLOWED_HOSTS lists the names; `*.example.org` matches every name below example.org, `*` any name. If it is
    empty, a judge that listens on loopback answers only to loopback names. One that listens elsewhere answers to
    addresses, its machine's name, and names without a dot: an attacker can't point one of these here.
    """
    allowed = _listed(settings.allowed_hosts)
    if allowed:
        return any(_matches(host, each) for each in allowed) or is_loopback_name(host)
    if host == settings.host.lower() or is_loopback_name(host):
        return True
    if is_loopback_name(settings.host.lower()):
        return False
    return _is_address(host) or "." not in host or host in _own_names()


def _matches(host: str, allowed: str) -> bool:
    if allowed == ANY_HOST:
        return True
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=16)
def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip().strip("[]").lower() for each in text.split(",") if each.strip())


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    return frozenset({socket.gethostname().lower()})
