"""A learning platform (LMS) as an operator registers it: its names, and the addresses that it is reached at."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

NAME_CHARACTERS = 255  # of an issuer, a client's id, a deployment's id
URL_CHARACTERS = 2_000
_HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # a name or an address: in a policy `*` would be every host


@dataclass(frozen=True, kw_only=True)
class Platform:
    """A registration of this judge at a platform. One issuer may have several, each with its own client's id."""

    id: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployments: frozenset[str]

    @property
    def hosts(self) -> frozenset[str]:
        """Return the hosts that the operator registered, whatever networks they are in."""
        urls = (self.issuer, self.auth_url, self.token_url, self.jwks_url)
        return frozenset(filter(None, (urlsplit(url).hostname for url in urls)))


def is_safe_url(url: str) -> bool:
    """Return whether `url` is https, or http on this machine, and short and plain enough to be used as it is."""
    try:
        parts = urlsplit(url)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.hostname or ""
    is_plain = len(url) <= URL_CHARACTERS and url.isascii() and url.isprintable() and not set(url) & set(" \"'<>\\;,")
    is_private = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))
    return (
        _HOST.fullmatch(host) is not None and is_plain and is_private and port_is_readable and "@" not in parts.netloc
    )


def origin_of(url: str) -> str:
    """Return the scheme, host and port of a URL, as browsers compare them."""
    parts = urlsplit(url)
    port = parts.port
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
