"""Sign-in of command lines by a code (RFC 8628): the machine asks and waits, its person confirms in a browser.

machine: POST /api/device ──> device code, user code        POST /api/device/token ──> pending ... pending ──> a token
person:                       types the user code at /device, sees who asks, confirms or refuses ──────────┘

The store keeps hashes of both codes, each used once.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from judge.account import SCOPES_OF, Scope, User
from judge.accounts import user_codes
from judge.accounts.tokens import MOST_CHARACTERS, SHOWN_CHARACTERS, hash_of, new_secret, new_token
from judge.store.accounts.access_tokens import AccessToken
from judge.store.accounts.faults import NotUsable, UnknownUser
from judge.store.accounts.one_time import Kind
from judge.web.attempts import Limit, count, network_behind, require_room, take
from judge.web.problem_details import Refusal
from judge.web.session_cookie import require_private_connection
from judge.web.state import Service

LASTS = timedelta(minutes=10)
INTERVAL_SECONDS = 5  # between two questions of a machine
EARLY = timedelta(seconds=4)  # a second question within this comes too early
TOKEN_LASTS = timedelta(days=90)
WINDOW = timedelta(minutes=15)
NETWORK_STARTS = 60  # of one client network in a window: a class may sit behind one address
WRONG_CODES = 10  # of one account in a window
NETWORK_WRONG_CODES = 60
PENDING, CONFIRMED, REFUSED = "pending", "confirmed", "refused"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A machine that waits to be signed in: its name and network, the scopes that it asks for, the answer so far."""

    name: str
    network: str
    scopes: tuple[str, ...]
    state: str = PENDING
    user_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Codes:
    """The codes of a machine: one that it keeps to itself, and one that it shows."""

    device_code: str
    user_code: str


async def start(request: Request, service: Service, name: str, scopes: Iterable[Scope]) -> Codes:
    """Let a machine wait for its person. Raises Refusal, TooMany."""
    require_private_connection(request, service.settings)
    network = network_behind(request, service)
    limit = Limit(subject=f"device start {network}", most=NETWORK_STARTS, window=WINDOW)
    await take(service, limit)
    codes = Codes(device_code=new_secret(), user_code=user_codes.new_user_code())
    hashed, one_time = hash_of(codes.device_code), service.store.accounts.one_time
    waiting = Waiting(name=name, network=network, scopes=tuple(sorted(scopes)))
    await one_time.put(Kind.DEVICE, hashed, asdict(waiting), LASTS)
    shown = hash_of(user_codes.plain(codes.user_code))
    await one_time.put(Kind.USER_CODE, shown, {"device": hashed}, LASTS)
    return codes


async def find(request: Request, service: Service, user: User, typed: str) -> Waiting:
    """Return the machine that shows the code that `user` typed. Raises Refusal; wrong codes are limited."""
    limits = (
        Limit(subject=f"device code user {user.id}", most=WRONG_CODES, window=WINDOW),
        Limit(
            subject=f"device code network {network_behind(request, service)}", most=NETWORK_WRONG_CODES, window=WINDOW
        ),
    )
    await require_room(service, *limits)
    one_time = service.store.accounts.one_time
    code = await one_time.peek(Kind.USER_CODE, hash_of(user_codes.plain(typed)))
    data = await one_time.peek(Kind.DEVICE, code["device"]) if code else None
    if data is None:
        await count(service, *limits)
        raise Refusal(422, "wrong-code", "no machine waits with this code: it may have expired, so start again there")
    return _waiting(data)


async def answer(request: Request, service: Service, user: User, typed: str, *, confirmed: bool) -> Waiting:
    """Confirm or refuse the machine that shows a code, which is used by that. Raises Refusal."""
    waiting = await find(request, service, user, typed)
    one_time = service.store.accounts.one_time
    try:
        code = await one_time.take(Kind.USER_CODE, hash_of(user_codes.plain(typed)))
    except NotUsable as fault:
        raise Refusal(403, "link-not-usable", str(fault)) from fault
    answered = asdict(waiting) | {"state": CONFIRMED if confirmed else REFUSED, "user_id": user.id}
    await one_time.replace(Kind.DEVICE, code["device"], answered)
    return waiting


async def token_for_device(request: Request, service: Service, device_code: str) -> tuple[str, AccessToken]:
    """Return a new token, once, for a machine that was confirmed. Raises Refusal as RFC 8628 names them."""
    require_private_connection(request, service.settings)
    hashed, accounts = hash_of(device_code[:MOST_CHARACTERS]), service.store.accounts
    data = await accounts.one_time.peek(Kind.DEVICE, hashed)
    if data is None:
        raise _error("expired-token", "this sign-in is unknown, was used or has expired: start again")
    if data["state"] == PENDING:
        if await accounts.counters.add(f"device poll {hashed}", EARLY) > 1:
            raise _error("slow-down", f"ask every {INTERVAL_SECONDS} seconds at most")
        raise _error("authorization-pending", "the code was not typed yet")
    try:
        waiting = _waiting(await accounts.one_time.take(Kind.DEVICE, hashed))
        user = await accounts.users.by_id(waiting.user_id)
    except (NotUsable, UnknownUser) as fault:
        raise _error("expired-token", "this sign-in is unknown, was used or has expired: start again") from fault
    if waiting.state != CONFIRMED or user.disabled:
        raise _error("access-denied", "the sign-in was refused")
    text = new_token()
    scopes = [Scope(each) for each in waiting.scopes]
    expires = datetime.now(UTC) + TOKEN_LASTS
    start_of_text = text[:SHOWN_CHARACTERS]
    return text, await accounts.tokens.add(user, hash_of(text), start_of_text, waiting.name, scopes, expires)


def granted(waiting: Waiting, user: User) -> list[Scope]:
    """Return the scopes that a machine asks for and that the role of `user` allows."""
    return [each for each in Scope if each in waiting.scopes and each in SCOPES_OF[user.role]]


def _waiting(data: dict[str, object]) -> Waiting:
    scopes = data["scopes"]
    assert isinstance(scopes, list)
    texts = {name: str(data[name]) for name in ("name", "network", "state", "user_id")}
    return Waiting(scopes=tuple(map(str, scopes)), **texts)


def _error(kind: str, text: str) -> Refusal:
    return Refusal(400, kind, text, error=kind.replace("-", "_"))
