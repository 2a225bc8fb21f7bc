"""Opens the accounts for a command, beside a judge that may be running on the same database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa

from judge.errors import StoreFault
from judge.store.accounts.accounts import Accounts, open_accounts
from judge.store.migrate import migrate, newest, present
from judge.store.sqlite_queue import owned
from judge.store.transactions import faults_translated


@asynccontextmanager
async def accounts_beside(url: str) -> AsyncIterator[Accounts]:
    """Open the accounts in a database that has this version's schema after that. Raises StoreFault."""
    await asyncio.to_thread(_settle_schema, url)
    async with open_accounts(url) as accounts:
        yield accounts


def _settle_schema(url: str) -> None:
    with faults_translated():
        if not url.startswith("sqlite"):
            migrate(url)  # which takes its turn with judges that start
            return
        file = Path(sa.make_url(url).database or "")
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with owned(file):
                migrate(url)
        except StoreFault:
            # A judge runs on this file, and has migrated it when it started.
            if present(url) != newest():
                raise StoreFault(
                    f"the judge that runs on {file} is of another version: stop it, or use its `judge`"
                ) from None
