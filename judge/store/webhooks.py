"""Webhooks that are due, and what became of them."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import DueWebhook
from judge.store.schema import webhooks

LEASE = timedelta(seconds=60)  # who takes a call and dies leaves it to another after this
ERROR_CHARACTERS = 500
_TAKEN = ("id", "submission_id", "url", "secret", "host", "network")


async def take_due(
    connection: Connection, limit: int, without_hosts: Collection[str] = (), without_networks: Collection[str] = ()
) -> list[DueWebhook]:
    """Take calls that are due, so that nobody else makes them now; those of the named hosts and networks stay."""
    now = datetime.now(UTC)
    due = (
        sa.select(webhooks.c.id)
        .where(webhooks.c.state == "due", webhooks.c.next_at <= now)
        .where(webhooks.c.host.not_in(without_hosts), webhooks.c.network.not_in(without_networks))
        .order_by(webhooks.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    update = (
        sa.update(webhooks)
        .where(webhooks.c.id.in_(due))
        .values(attempts=webhooks.c.attempts + 1, next_at=now + LEASE)
        .returning(*(getattr(webhooks.c, name) for name in _TAKEN), webhooks.c.attempts.label("attempt"))
    )
    return [DueWebhook(**row._mapping) for row in await connection.execute(update)]


async def settle(connection: Connection, webhook_id: str, error: str, again_in: float | None) -> None:
    """Note what became of a call: delivered (no `error`), to be tried `again_in` seconds, or given up."""
    if error and again_in is not None:
        next_at = datetime.now(UTC) + timedelta(seconds=again_in)
        values = {"next_at": next_at, "last_error": error[:ERROR_CHARACTERS]}
    else:
        state = "failed" if error else "delivered"
        values = {"state": state, "next_at": None, "last_error": error[:ERROR_CHARACTERS], "secret": ""}
    await connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook_id).values(**values))
