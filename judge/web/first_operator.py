"""The first operator: a link that is printed when a judge with accounts starts and nobody runs it yet.

The link makes one account, within SETUP, once. Each start prints a new one and ends the one before.
"""

from datetime import timedelta

import structlog

from judge.accounts.tokens import hash_of, new_secret
from judge.settings import Settings
from judge.store.accounts.one_time import Kind
from judge.store.store import Store

SETUP = timedelta(hours=24)

log = structlog.stdlib.get_logger(__name__)


async def offer_setup(store: Store, settings: Settings) -> str | None:
    """Log a link that makes the first operator, and return it; None if there is one, or no accounts."""
    if not settings.has_accounts or await store.accounts.users.has_operator():
        return None
    secret = new_secret()
    await store.accounts.one_time.clear(Kind.SETUP)
    await store.accounts.one_time.put(Kind.SETUP, hash_of(secret), {}, SETUP)
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::", ""} else settings.host  # noqa: S104 - compared only
    link = f"http://{host}:{settings.port}/setup?token={secret}"
    log.warning(
        "nobody runs this judge yet: open this link to make the first operator, or run `judge user add NAME --admin`",
        link=link,
        hours=int(SETUP.total_seconds() // 3600),
    )
    return link
