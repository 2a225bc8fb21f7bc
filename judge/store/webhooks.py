"""Webhooks that are due, and the outcome of each call."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from judge.store.records import DueWebhook
from judge.store.schema import webhooks
from judge.store.transactions import Transactions

LEASE = timedelta(seconds=60)  # a call whose sender is lost is due again after this
ERROR_CHARACTERS = 500
_COLUMNS = ("id", "submission_id", "url", "secret", "host", "network")


class Webhooks:
    """The webhooks of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def take_due(
        self, limit: int, *, without_hosts: Collection[str] = (), without_networks: Collection[str] = ()
    ) -> list[DueWebhook]:
        """Take webhooks that are due, so that no other sender calls them now.

        Args:
            limit: At most so many.
            without_hosts: Leave those of these hosts.
            without_networks: Leave those of these client networks.
        """
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
            .returning(*(getattr(webhooks.c, name) for name in _COLUMNS), webhooks.c.attempts.label("attempt"))
        )
        async with self._transactions.writing() as tx:
            return [DueWebhook(**row._mapping) for row in await tx.connection.execute(update)]

    async def settle(self, webhook_id: str, error: str, again_in: float | None) -> None:
        """Record the outcome of a call: delivered (no `error`), to be tried `again_in` seconds, or given up."""
        if error and again_in is not None:
            next_at = datetime.now(UTC) + timedelta(seconds=again_in)
            values = {"next_at": next_at, "last_error": error[:ERROR_CHARACTERS]}
        else:
            state = "failed" if error else "delivered"
            values = {"state": state, "next_at": None, "last_error": error[:ERROR_CHARACTERS], "secret": ""}
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook_id).values(**values))
