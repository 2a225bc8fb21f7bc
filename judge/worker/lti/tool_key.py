"""The key that this judge proves itself with to platforms: made at first use, the same on all machines."""

import asyncio

from judge.store.store import Store

SECRET = "lti-key"  # noqa: S105 - its name in the store


class ToolKey:
    """The private key of one store, read once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._key = ""
        self._turn = asyncio.Lock()

    async def get(self) -> str:
        """Return the private key as JSON. Raises StoreFault."""
        from judge.lti.jose import new_key  # cryptography is slow to import, and most judges need none of this

        async with self._turn:
            if not self._key:
                self._key = await self._store.secrets.get_or_keep(SECRET, await asyncio.to_thread(new_key))
        return self._key
