"""The addresses that a webhook may call: public ones, whatever form they are written in.

Python's own table of an old version knows fewer special networks than the registry does today, so they are listed here:
IANA's special-purpose registries (RFC 6890 and its updates) and RFC 3879, 4291, 6052, 6145, 8215, 9602, 9637.
"""

import ipaddress
from typing import TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

# All other IPv6 is unassigned or something special: ::/8 with loopback, IPv4-compatible, -mapped (::ffff:0:0/96) and
# -translated (::ffff:0:0:0/96) forms, NAT64 for local use (64:ff9b:1::/48), discard-only, segment routing (5f00::/16),
# unique local, link-local, site-local (fec0::/10) and multicast addresses.
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # an IPv4 address behind a translator, as public as that one is
MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")  # the same address by another name
ISATAP = frozenset({0x0000_5EFE, 0x0200_5EFE})  # before an IPv4 address in the lower half: a tunnel to it

DENIED_IPV4 = tuple(
    ipaddress.IPv4Network(each)
    for each in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by a provider's customers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # automatic multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
DENIED_IPV6 = tuple(
    ipaddress.IPv6Network(each)
    for each in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID, drones
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: a tunnel to the IPv4 address in it
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the old 6bone
        "3fff::/20",  # documentation
    )
)


def is_public(text: str) -> bool:
    """Return whether `text`, an address with or without a zone, is a public unicast address. Raises ValueError."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64 or address in MAPPED:
            return _is_public_ipv4(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
        return _is_public_ipv6(address)
    return _is_public_ipv4(address)


def _is_public_ipv4(address: ipaddress.IPv4Address) -> bool:
    return address.is_global and not any(address in network for network in DENIED_IPV4)


def _is_public_ipv6(address: ipaddress.IPv6Address) -> bool:
    if address not in GLOBAL_UNICAST or (int(address) >> 32) & 0xFFFF_FFFF in ISATAP:
        return False
    return address.is_global and not any(address in network for network in DENIED_IPV6)
