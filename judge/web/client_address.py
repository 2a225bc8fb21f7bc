"""The client behind a request: its address, its network, and the scheme that it used.

    client ──> [trusted proxy ──> trusted proxy] ──> this server
    X-Forwarded-For: anything the client wrote, client, trusted proxy
                                                ^ the rightmost address that is not a trusted proxy

Only the networks of JUDGE_TRUSTED_PROXIES may name another address. Everybody else counts by their own.
"""

import ipaddress
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from starlette.types import Scope

from judge.settings import Settings

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

# One customer has one IPv4 address, or shares it with others behind NAT. A /24 would join strangers who rent from the
# same provider. IPv6 customers have at least a /64 with all of its addresses, so one address means nothing.
IPV4_NETWORK_BITS = 32
IPV6_NETWORK_BITS = 64
MOST_HOPS = 16  # trusted proxies in a row; a longer chain is not followed
UNKNOWN = "unknown"  # where the connection has no address, as on a Unix socket


def client_address(scope: Scope, settings: Settings) -> str:
    """Return the address of the client, as text without a zone, or UNKNOWN."""
    address = _parsed(peer[0]) if (peer := scope.get("client")) else None
    if address is None:
        return UNKNOWN
    trusted = trusted_networks(settings.trusted_proxies)
    hops = _hops_from_the_right(scope)
    for _ in range(MOST_HOPS):
        if not _is_in(address, trusted) or (hop := next(hops, None)) is None:
            break
        if (forwarded := _parsed(hop)) is None:
            break  # the proxy received something malformed: the last address that is known counts
        address = forwarded
    return str(address)


def is_shared(peer: str, settings: Settings) -> bool:
    """Return whether `peer` is a trusted proxy, so that limits per client don't apply to its connections."""
    address = _parsed(peer)
    return address is None or _is_in(address, trusted_networks(settings.trusted_proxies))


def is_from_proxy(scope: Scope, settings: Settings) -> bool:
    """Return whether a request was passed on by a trusted proxy. A connection without an address was not."""
    address = _parsed(peer[0]) if (peer := scope.get("client")) else None
    return address is not None and _is_in(address, trusted_networks(settings.trusted_proxies))


def client_scheme(scope: Scope, settings: Settings) -> str:
    """Return `http` or `https`: that of the connection, or the one that a trusted proxy reports."""
    scheme = str(scope.get("scheme", "http"))
    if not is_from_proxy(scope, settings):
        return scheme
    named = ",".join(_values(scope, b"x-forwarded-proto")).rpartition(",")[2].strip().lower()
    return named if named in {"http", "https"} else scheme


def network_of(address: str) -> str:
    """Return the network of `address`: the address itself for IPv4, its /64 for IPv6."""
    parsed = _parsed(address)
    if parsed is None:
        return UNKNOWN
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.IPv6Network((int(parsed) >> IPV6_NETWORK_BITS << IPV6_NETWORK_BITS, IPV6_NETWORK_BITS)))


@lru_cache(maxsize=16)
def trusted_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of JUDGE_TRUSTED_PROXIES. Raises ValueError."""
    return tuple(ipaddress.ip_network(each.strip()) for each in text.split(",") if each.strip())


def is_loopback_name(host: str) -> bool:
    """Return whether `host`, a name or an address, is loopback."""
    address = _parsed(host)
    return host == "localhost" if address is None else address.is_loopback


def _hops_from_the_right(scope: Scope) -> Iterator[str]:
    for value in reversed(_values(scope, b"x-forwarded-for")):
        while value:
            value, _, hop = value.rpartition(",")
            yield hop.strip()


def _values(scope: Scope, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _is_in(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)  # an IPv4 address is in no IPv6 network, and the reverse


def _parsed(text: str) -> Address | None:
    """Return the address in `text`: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`; else None."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
