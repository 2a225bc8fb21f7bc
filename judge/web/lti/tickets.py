"""Tickets: a checked launch under a random secret, which goes on once, in the frame or in a new window."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from judge.accounts.tokens import MOST_CHARACTERS, hash_of, new_secret
from judge.lti.launch import Launch
from judge.lti_platform import Platform
from judge.store.accounts.faults import NotUsable
from judge.store.accounts.one_time import Kind
from judge.store.lti.faults import UnknownPlatform
from judge.web.state import Service

LASTS = timedelta(minutes=10)  # from a launch to the click on its button


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A launch, and the platform that signed it."""

    platform: Platform
    launch: Launch


async def issue(service: Service, ticket: Ticket) -> str:
    """Return the secret of a new ticket. Raises TooMany."""
    secret = new_secret()
    data = {"ticket": asdict(ticket.launch), "platform": ticket.platform.id}
    await service.store.accounts.one_time.put(Kind.LAUNCH, hash_of(secret), data, LASTS)
    return secret


async def peek(service: Service, secret: str) -> Ticket:
    """Return a ticket without using it. Raises NotUsable."""
    found = await service.store.accounts.one_time.peek(Kind.LAUNCH, hash_of(secret[:MOST_CHARACTERS]))
    return await _ticket(service, found)


async def frames(service: Service, secret: str) -> tuple[str, ...]:
    """Return the origins that may frame the pages of a ticket; none for a ticket that is not usable."""
    try:
        return (await peek(service, secret)).launch.frame_origins
    except NotUsable:
        return ()


async def take(service: Service, secret: str) -> None:
    """Use a ticket. Raises NotUsable if it was used."""
    await service.store.accounts.one_time.take(Kind.LAUNCH, hash_of(secret[:MOST_CHARACTERS]))


async def _ticket(service: Service, data: dict[str, Any] | None) -> Ticket:
    if data is None or "ticket" not in data:
        raise NotUsable
    try:
        platform = await service.store.lti.platforms.get(data["platform"])
    except UnknownPlatform as error:
        raise NotUsable from error
    fields = data["ticket"]
    return Ticket(platform=platform, launch=Launch(**{**fields, "frame_origins": tuple(fields["frame_origins"])}))
