"""The site that passkeys belong to."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Site:
    """The host name that passkeys belong to, and the origin of the pages that use them."""

    rp_id: str
    origin: str
