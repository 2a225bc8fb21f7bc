"""What of a batch of new submissions is in the store already, looked up all at once."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import NewSubmission, Receipt, Status
from judge.store.schema import judgings, submissions
from judge.verdict import Verdict

_PIECE = 500  # values in one IN (...)

Key: TypeAlias = tuple[str, str]  # submitter, idempotency key
Same: TypeAlias = tuple[str, str, int, bool]  # what makes two judgings equal: source, package, seed, samples only


def same_of(new: NewSubmission) -> Same:
    """Equal for two submissions that one judging can serve."""
    return new.source_sha256, new.package, new.seed, new.samples_only


async def sent_before(connection: Connection, news: Sequence[NewSubmission]) -> dict[Key, tuple[Receipt, str]]:
    """By idempotency key: the submission that it brought, and the digest of its request."""
    found: dict[Key, tuple[Receipt, str]] = {}
    table = submissions.c
    for submitter in {new.submitter for new in news}:
        keys = [new.idempotency_key for new in news if new.submitter == submitter and new.idempotency_key is not None]
        for piece in _pieces(keys):
            query = sa.select(table.id, table.judging_id, table.request_sha256, table.idempotency_key)
            query = query.where(table.submitter == submitter, table.idempotency_key.in_(piece))
            for row in await connection.execute(query):
                taken = Receipt(submission_id=row.id, judging_id=row.judging_id, replayed=True)
                found[submitter, row.idempotency_key] = taken, row.request_sha256
    return found


async def judged_before(
    connection: Connection, news: Sequence[NewSubmission], hidden_seed: str = ""
) -> dict[Same, tuple[str, bool]]:
    """By what makes judgings equal: the judging to share, and whether it is done; one that is done goes first.

    Only those whose hidden cases were drawn from the secret with the fingerprint `hidden_seed`.
    """
    found: dict[Same, tuple[str, bool]] = {}
    table = judgings.c
    for piece in _pieces([new.source_sha256 for new in news if new.reuse and new.package]):
        query = (
            sa.select(table.id, table.status, table.source_sha256, table.package, table.seed, table.samples_only)
            .where(
                table.source_sha256.in_(piece),
                table.hidden_seed == hidden_seed,
                table.status != Status.CANCELLED,
                sa.or_(table.verdict.is_(None), table.verdict != Verdict.JUDGE_ERROR),
                table.rejudge_id.is_(None),
            )
            .order_by(table.status == Status.DONE, table.id)
        )
        for row in await connection.execute(query):  # the last of equal ones stays: the newest that is done
            found[row.source_sha256, row.package, row.seed, row.samples_only] = row.id, row.status == Status.DONE
    return found


def _pieces(values: Sequence[str]) -> Iterator[list[str]]:
    unique = sorted(set(values))
    for start in range(0, len(unique), _PIECE):
        yield unique[start : start + _PIECE]
