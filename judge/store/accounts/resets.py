"""Links that set a password: each is used once, and ends when the password changes in another way."""

import hashlib
from datetime import timedelta
from typing import Any

from judge.account import User
from judge.store.accounts.faults import NotUsable, UnknownUser
from judge.store.accounts.one_time import Kind, OneTime
from judge.store.accounts.users import Users

LASTS = timedelta(hours=24)


class Resets:
    """The links of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, one_time: OneTime, users: Users) -> None:
        self._one_time = one_time
        self._users = users

    async def put(self, user: User, hashed: str) -> None:
        """Store a link to an account by the hash of its secret."""
        data = {"user": user.id, "before": await self._fingerprint(user)}
        await self._one_time.put(Kind.RESET, hashed, data, LASTS)

    async def peek(self, hashed: str) -> User:
        """Return the account that a link is for, without using it. Raises NotUsable."""
        data = await self._one_time.peek(Kind.RESET, hashed)
        if data is None:
            raise NotUsable
        return await self._checked(data)

    async def take(self, hashed: str) -> User:
        """Return the account that a link is for, and use it. Raises NotUsable."""
        return await self._checked(await self._one_time.take(Kind.RESET, hashed))

    async def _checked(self, data: dict[str, Any]) -> User:
        try:
            user = await self._users.by_id(data["user"])
        except UnknownUser as error:
            raise NotUsable from error
        if user.disabled or data["before"] != await self._fingerprint(user):
            raise NotUsable
        return user

    async def _fingerprint(self, user: User) -> str:
        _, password_hash = await self._users.password_of(user.name)
        return hashlib.sha256((password_hash or "").encode()).hexdigest()
