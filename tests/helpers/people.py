"""People for tests of accounts: accounts in a store, with sessions and tokens that are ready to use."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache

from judge.account import Role, Scope, User
from judge.accounts.passwords import hash_password
from judge.accounts.tokens import hash_of, new_secret, new_token
from judge.store.store import Store

PASSWORD = "correct horse battery"
COOKIE = "judge_session"


@cache
def hashed() -> str:
    """The hash of PASSWORD, made once: it takes a tenth of a second."""
    return hash_password(PASSWORD)


async def account(store: Store, name: str, role: Role = Role.LEARNER) -> User:
    """An account that signs in with PASSWORD."""
    return await store.accounts.users.add(name, role=role, password_hash=hashed())


async def session(store: Store, user: User) -> dict[str, str]:
    """The headers of a browser in which `user` is signed in."""
    secret = new_secret()
    await store.accounts.sessions.begin(user, hash_of(secret), "a browser of tests")
    return {"Cookie": f"{COOKIE}={secret}"}


async def token(
    store: Store, user: User, scopes: Iterable[Scope] = tuple(Scope), lasts: timedelta = timedelta(hours=1)
) -> dict[str, str]:
    """The headers of a program with a new token of `user`."""
    text = new_token()
    expires = datetime.now(UTC) + lasts
    await store.accounts.tokens.add(user, hash_of(text), text[:12], "of tests", scopes, expires)
    return {"Authorization": f"Bearer {text}"}
