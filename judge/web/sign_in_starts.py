"""The bound on sign-ins that are begun: each keeps a row until it ends, and whoever begins it is not known yet."""

from starlette.requests import Request

from judge.web.client_address import client_address, network_of
from judge.web.problem_details import Refusal
from judge.web.sign_in import WINDOW
from judge.web.state import Service

NETWORK_STARTS = 2_000  # of one client network in WINDOW: a lecture may sit behind one address


async def count_start(request: Request, service: Service) -> None:
    """Count a sign-in that begins. Raises Refusal for too many from one network."""
    network = network_of(client_address(request.scope, service.settings))
    if await service.store.accounts.counters.add(f"sign-in start {network}", WINDOW) > NETWORK_STARTS:
        minutes = int(WINDOW.total_seconds() // 60)
        raise Refusal(
            429,
            "too-many-attempts",
            f"too many attempts to sign in from your network: try again in {minutes} minutes",
            retry_after=int(WINDOW.total_seconds()),
        )
