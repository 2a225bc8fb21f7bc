"""Signing in: attempts are limited by name and by network, and a browser gets a new session each time.

Whether an account exists shows neither in the text nor in the time: every attempt verifies one argon2id hash. Work of
the browser from before, under its visitor's cookie, goes to the account once.
"""

import asyncio
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from judge.account import User, is_name
from judge.accounts import passwords
from judge.accounts.tokens import hash_of, new_secret
from judge.web.client_address import client_address, network_of
from judge.web.problem_details import Refusal
from judge.web.session_cookie import require_private_connection, session_of, set_session
from judge.web.state import Service
from judge.web.visitor_cookie import VISITOR_COOKIE, visitor_of

WINDOW = timedelta(minutes=15)  # in which attempts are counted
NAME_ATTEMPTS = 20  # failed ones on one name
NETWORK_ATTEMPTS = 60  # failed ones from one client network: a class may sit behind one address
VERIFIED_AT_ONCE = 2  # argon2id takes 64 MiB and a processor each
MOST_WAITING = 64  # attempts, before further ones are refused
WRONG = "the name or the password is wrong"
_turns = asyncio.Semaphore(VERIFIED_AT_ONCE)
_waiting = 0


async def check_password(request: Request, service: Service, name: str, password: str) -> User:
    """Return the account that `name` and `password` belong to. Raises Refusal."""
    require_private_connection(request, service.settings)
    by_name, by_network = _counted(request, service, name)
    counters = service.store.accounts.counters
    await _count(service, by_name, by_network)
    known = service.store.accounts.users.password_of(name) if is_name(name) else _nobody()
    user, hashed = await known
    try:
        is_right = await verified(password, hashed)
    except Refusal:  # nothing was verified
        for key in (by_name, by_network):
            await counters.take_back(key)
        raise
    if user is None or not is_right or user.disabled:
        raise Refusal(401, "wrong-password", WRONG)
    await counters.forget(by_name)
    await counters.take_back(by_network)
    if hashed is not None and passwords.needs_rehash(hashed):
        await service.store.accounts.users.set_password(user.id, await hashed_password(password))
    return user


async def verified(password: str, hashed: str | None) -> bool:
    """Return whether `password` has the hash `hashed`, without holding up other requests. Raises Refusal."""
    global _waiting
    if _waiting >= MOST_WAITING:
        raise Refusal(503, "busy", "too many people sign in at the moment: try again", retry_after=5)
    _waiting += 1
    try:
        async with _turns:
            return await asyncio.to_thread(passwords.check, password, hashed)
    finally:
        _waiting -= 1


async def hashed_password(password: str) -> str:
    """Return the hash of a password, without holding up other requests."""
    async with _turns:
        return await asyncio.to_thread(passwords.hash_password, password)


async def sign_in(request: Request, service: Service, user: User, response: Response) -> int:
    """Begin a session in this browser, in place of the one that it had; return how much earlier work joined."""
    require_private_connection(request, service.settings)
    secret, before = new_secret(), session_of(request)
    agent = request.headers.get("user-agent", "")
    accounts = service.store.accounts
    await accounts.sessions.begin(user, hash_of(secret), agent, replaces=hash_of(before) if before else None)
    set_session(response, request, secret)
    visitor = visitor_of(request)
    if visitor.is_new:
        return 0
    response.delete_cookie(VISITOR_COOKIE)  # the next person at this machine must not find it
    return await accounts.adopt(user, [visitor.submitter])


def safe_target(target: str) -> str:
    """Return `target` if it is a path on this judge, else `/`: a link must not lead from here to another site."""
    is_path = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_path and "\\" not in target and len(target) <= 2_000 else "/"


async def _count(service: Service, by_name: str, by_network: str) -> None:
    """Count an attempt before its password is looked at, since many may come at once. Raises Refusal.

    One that is refused is not counted: else a class that signs in at the same moment would lock itself out.
    """
    counters = service.store.accounts.counters
    counted = []
    for key, most in ((by_name, NAME_ATTEMPTS), (by_network, NETWORK_ATTEMPTS)):
        counted.append(key)
        if await counters.add(key, WINDOW) > most:
            for each in counted:
                await counters.take_back(each)
            raise _too_many()


async def _nobody() -> tuple[None, None]:
    """Return the account of a text that can't be a name: a database may not even take it."""
    return None, None


def _counted(request: Request, service: Service, name: str) -> tuple[str, str]:
    """Return what an attempt counts for: the name that was typed, and the client network."""
    network = network_of(client_address(request.scope, service.settings))
    return f"sign-in name {name.lower()}", f"sign-in network {network}"


def _too_many() -> Refusal:
    seconds = int(WINDOW.total_seconds())
    text = f"too many attempts to sign in: try again in {seconds // 60} minutes"
    return Refusal(429, "too-many-attempts", text, retry_after=seconds)
