"""Webhooks that are due, and what became of them."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import DueWebhook
from judge.store.schema import webhooks

LEASE = timedelta(seconds=60)  # who takes a call and dies leaves it to another after this
ERROR_CHARACTERS = 500


async def take_due(connection: Connection, limit: int) -> list[DueWebhook]:
    """Take calls that are due, so that nobody else makes them now."""
    now = datetime.now(UTC)
    due = (
        sa.select(webhooks.c.id)
        .where(webhooks.c.state == "due", webhooks.c.next_at <= now)
        .order_by(webhooks.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    update = (
        sa.update(webhooks)
        .where(webhooks.c.id.in_(due))
        .values(attempts=webhooks.c.attempts + 1, next_at=now + LEASE)
        .returning(webhooks.c.id, webhooks.c.submission_id, webhooks.c.url, webhooks.c.secret, webhooks.c.attempts)
    )
    return [
        DueWebhook(id=row.id, submission_id=row.submission_id, url=row.url, secret=row.secret, attempt=row.attempts)
        for row in await connection.execute(update)
    ]


async def settle(connection: Connection, webhook_id: str, error: str, again_in: float | None) -> None:
    """Note what became of a call: delivered (no `error`), to be tried `again_in` seconds, or given up."""
    if error and again_in is not None:
        next_at = datetime.now(UTC) + timedelta(seconds=again_in)
        values = {"next_at": next_at, "last_error": error[:ERROR_CHARACTERS]}
    else:
        state = "failed" if error else "delivered"
        values = {"state": state, "next_at": None, "last_error": error[:ERROR_CHARACTERS], "secret": ""}
    await connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook_id).values(**values))
