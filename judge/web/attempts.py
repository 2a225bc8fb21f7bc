"""Limits of attempts, counted in the store and so by all machines together."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request

from judge.web.client_address import client_address, network_of
from judge.web.problem_details import Refusal
from judge.web.state import Service


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The most attempts on one subject within `window`, which begins with the first of them."""

    subject: str
    most: int
    window: timedelta


async def require_room(service: Service, *limits: Limit) -> None:
    """Raise Refusal if one of the limits is reached."""
    for limit in limits:
        if await service.store.accounts.counters.number(limit.subject) >= limit.most:
            raise _too_many(limit)


async def take(service: Service, limit: Limit) -> None:
    """Count one attempt before it is looked at, since many may come at once. Raises Refusal, which counts nothing."""
    counters = service.store.accounts.counters
    if await counters.add(limit.subject, limit.window) > limit.most:
        await counters.take_back(limit.subject)
        raise _too_many(limit)


async def count(service: Service, *limits: Limit) -> None:
    """Count one attempt on each subject."""
    for limit in limits:
        await service.store.accounts.counters.add(limit.subject, limit.window)


def network_behind(request: Request, service: Service) -> str:
    """Return the client network that a request comes from."""
    return network_of(client_address(request.scope, service.settings))


def _too_many(limit: Limit) -> Refusal:
    seconds = int(limit.window.total_seconds())
    text = f"too many attempts: try again in {seconds // 60} minutes"
    return Refusal(429, "too-many-attempts", text, retry_after=seconds)
