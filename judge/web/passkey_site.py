"""The name under which a browser asks for passkeys: that of the Host header, which the boundary has checked."""

import ipaddress

from starlette.requests import Request

from judge.accounts.site import Site
from judge.web.host_and_origin import host_name


def site_of(request: Request) -> Site | None:
    """Return the site that passkeys belong to here; None for an address, which can't have any."""
    header = request.headers.get("host", "").lower()
    name = host_name(header) or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return Site(rp_id=name, origin=f"{request.url.scheme}://{header}") if name else None
    return None
