"""Stopping of submissions: what waits is withdrawn, what runs is ended, and a verdict that comes later finds no place.

    submission alone with its judging      both are cancelled; the worker ends the box (judge.worker.stop_watch)
    judging shared with other submissions  the submission alone is cancelled; the others get their verdict

The row of the judging is locked from the count of those who share it to the commit; who begins to share it locks it
too (judge.store.deduplicate).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.notifications import Notification
from judge.store.records import Status
from judge.store.schema import judgings, submissions, webhooks


@dataclass(frozen=True, kw_only=True)
class Stopped:
    """A submission that was stopped just now; `shared` if others still wait for its judging."""

    judging_id: str
    shared: bool

    @property
    def notification(self) -> Notification:
        """Return what listeners are to be notified of: the end of the judging, or a change that they have to read."""
        return Notification(kind="lost" if self.shared else "cancelled", judging_id=self.judging_id)


async def stop(connection: Connection, submission_id: str, statuses: Collection[Status]) -> Stopped | None:
    """Cancel a submission, and its judging if that serves no other one.

    Returns None if the submission is unknown, cancelled, or its judging has another status than `statuses`.
    """
    query = sa.select(submissions.c.judging_id).where(
        submissions.c.id == submission_id, submissions.c.cancelled.is_(None)
    )
    judging_id = (await connection.execute(query)).scalar()
    if judging_id is None:
        return None
    locked = sa.select(judgings.c.status).where(judgings.c.id == judging_id).with_for_update()
    if (await connection.execute(locked)).scalar() not in statuses:
        return None
    is_shared = await _is_shared(connection, judging_id, submission_id)
    if not is_shared:
        await _cancel_judging(connection, judging_id)
    now = datetime.now(UTC)
    await connection.execute(sa.update(submissions).where(submissions.c.id == submission_id).values(cancelled=now))
    hooks = sa.update(webhooks).where(webhooks.c.submission_id == submission_id, webhooks.c.state == "waiting")
    await connection.execute(hooks.values(state="failed", last_error="the submission was stopped", secret=""))
    return Stopped(judging_id=judging_id, shared=is_shared)


async def _is_shared(connection: Connection, judging_id: str, submission_id: str) -> bool:
    others = sa.select(sa.func.count()).where(
        submissions.c.judging_id == judging_id,
        submissions.c.id != submission_id,
        submissions.c.cancelled.is_(None),
    )
    return bool((await connection.execute(others)).scalar_one())


async def _cancel_judging(connection: Connection, judging_id: str) -> None:
    values = {"status": Status.CANCELLED, "finished": datetime.now(UTC)}
    await connection.execute(sa.update(judgings).where(judgings.c.id == judging_id).values(**values))
