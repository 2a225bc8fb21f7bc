"""The address of the client that sent a request."""

from collections.abc import Mapping

from judge.settings import Settings

UNKNOWN = "unknown"


def client_address(scope: Mapping[str, object], settings: Settings) -> str:
    """Return the client's network address, or "unknown" where the server has none (a Unix socket, a test client)."""
    client = scope.get("client")
    return str(client[0]) if isinstance(client, (tuple, list)) and client else UNKNOWN


def is_shared(peer: str, settings: Settings) -> bool:
    """Return whether many clients connect from the address `peer`, a proxy's, so that no limit of one client fits."""
    return peer == UNKNOWN
