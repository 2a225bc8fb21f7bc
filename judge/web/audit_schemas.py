"""Models of the JSON of the audit log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from judge.store.accounts.audit import Entry


class AuditEntryOut(BaseModel):
    """One action of an operator, of a class's staff, or of the command line."""

    id: str = Field(description="a UUID that sorts by time")
    at: datetime = Field(description="when it was done")
    actor: str = Field(description="`user:<name>`, `operator` for the admin token, `cli` for `judge user`")
    action: str = Field(description="submission.read, rejudge.apply, user.disable ...")
    target: str = Field(description="what it was done to: an id, or `class:<slug>`")
    detail: dict[str, Any] = Field(description="what else is known, by action")


class AuditOut(BaseModel):
    """A page of the audit log."""

    items: list[AuditEntryOut] = Field(description="the actions, newest first")
    next: str | None = Field(description="`before` of the next page")

    @classmethod
    def of(cls, found: Sequence[Entry], limit: int) -> dict[str, Any]:
        """Return the members for JSON; `found` has one entry more than `limit` where older ones follow."""
        page = found[:limit]
        return {"items": [vars(entry) for entry in page], "next": page[-1].id if len(found) > limit else None}
