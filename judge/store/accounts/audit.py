"""The audit log: what operators and the staff of classes did. Rows are only added."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.store.accounts.tables import audit
from judge.store.ids import new_id
from judge.store.transactions import Transactions


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One action. `actor` is `user:<name>`, or `operator` for the admin token; `target` is what it was done to."""

    id: str
    at: datetime
    actor: str
    action: str
    target: str
    detail: Mapping[str, Any]


class Audit:
    """The audit log of a store. Every method raises StoreFault when the database can't be used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(self, actor: str, action: str, target: str, detail: Mapping[str, Any] | None = None) -> None:
        """Write down one action."""
        row = {"id": new_id(), "at": datetime.now(UTC), "actor": actor, "action": action, "target": target}
        async with self._transactions.writing() as tx:
            await tx.connection.execute(sa.insert(audit).values(row | {"detail": dict(detail or {})}))

    async def newest(self, before: str | None = None, limit: int = 100, target: str | None = None) -> list[Entry]:
        """Return the newest entries that are older than the one with the id `before`."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before:
            query = query.where(audit.c.id < before)
        if target:
            query = query.where(audit.c.target == target)
        async with self._transactions.reading() as connection:
            return [Entry(**row._mapping) for row in await connection.execute(query)]
