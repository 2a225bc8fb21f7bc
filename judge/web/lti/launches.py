"""The two requests of a launch: the platform asks to sign somebody in, and comes back with a signed message."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from judge.accounts.tokens import MOST_CHARACTERS, hash_of, new_secret
from judge.lti.faults import LaunchRefused
from judge.lti.launch import check
from judge.lti.login import Initiation, read_initiation, request_url
from judge.lti_platform import Platform, origin_of
from judge.store.accounts.faults import NotUsable
from judge.store.accounts.one_time import Kind
from judge.store.lti.faults import UnknownPlatform
from judge.web.client_address import client_address, network_of
from judge.web.lti import browser_cookie
from judge.web.lti.tickets import Ticket
from judge.web.problem_details import Refusal
from judge.web.state import Service
from judge.worker.lti.tool import LtiTool

LASTS = timedelta(minutes=10)  # from the platform's request to its signed message
WINDOW = timedelta(minutes=10)  # in which launches are counted
NETWORK_LAUNCHES = 2_000  # of one client network: a school may sit behind one address
MESSAGE_BYTES = 128 * 1024  # of a form of a platform


def origin(request: Request) -> str:
    """Return the scheme, host and port that this judge was asked by."""
    return origin_of(str(request.base_url))


async def begin(request: Request, service: Service, fields: dict[str, str]) -> Response:
    """Answer a platform's request with a redirect to its sign-in. Raises LaunchRefused and Refusal."""
    asked = read_initiation(fields, origin(request))
    platform = await _registered(service, asked)
    await _count(request, service)
    state, nonce, secret = new_secret(), new_secret(), browser_cookie.bind(request)
    data = {"platform": platform.id, "nonce": nonce, "browser": hash_of(secret) if secret else ""}
    await service.store.accounts.one_time.put(Kind.LAUNCH, hash_of(state), data, LASTS)
    url = request_url(platform, asked, f"{origin(request)}/lti/launch", state, nonce)
    response = RedirectResponse(url, status_code=303, headers={"Cache-Control": "no-store"})
    browser_cookie.keep(response, secret)
    return response


async def receive(request: Request, service: Service, tool: LtiTool, fields: dict[str, str]) -> Ticket:
    """Return the launch in a platform's signed message. Raises LaunchRefused and PlatformUnreachable."""
    if error := fields.get("error"):
        text = "".join(each for each in error[:100] if each.isprintable())
        raise LaunchRefused(f"the platform did not sign you in: {text}")
    try:
        hashed = hash_of(fields.get("state", "")[:MOST_CHARACTERS])
        begun = await service.store.accounts.one_time.take(Kind.LAUNCH, hashed)
        platform = await service.store.lti.platforms.get(begun["platform"])
    except (NotUsable, UnknownPlatform) as fault:
        raise LaunchRefused("this launch was used, or took too long: open the activity again") from fault
    if "nonce" not in begun:
        raise LaunchRefused
    if browser_cookie.is_bound_elsewhere(request, begun["browser"]):
        raise LaunchRefused("this launch was begun in another browser: open the activity again")
    claims = await tool.key_sets.verified(fields.get("id_token", ""), platform)
    launch = check(claims, platform, begun["nonce"], origin(request), datetime.now(UTC))
    return Ticket(platform=platform, launch=launch)


async def _registered(service: Service, asked: Initiation) -> Platform:
    found = await service.store.lti.platforms.of_issuer(asked.issuer, asked.client_id)
    if not found:
        raise LaunchRefused("this platform is not registered here: an operator does it with `judge lti add`")
    if len(found) > 1:
        raise LaunchRefused("the platform has several registrations here, and does not name its `client_id`")
    return found[0]


async def _count(request: Request, service: Service) -> None:
    network = network_of(client_address(request.scope, service.settings))
    if await service.store.accounts.counters.add(f"launch network {network}", WINDOW) > NETWORK_LAUNCHES:
        raise Refusal(
            429,
            "too-many-attempts",
            "too many launches from your network: try again in a few minutes",
            retry_after=int(WINDOW.total_seconds()),
        )
