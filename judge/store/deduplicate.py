"""Find those of a batch of new submissions that are in the store already, all at once."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import NewSubmission, Receipt, Status
from judge.store.schema import judgings, submissions
from judge.verdict import Verdict

_PIECE = 500  # values in one IN (...)

Key: TypeAlias = tuple[str, str]  # submitter, idempotency key
Same: TypeAlias = tuple[str, str, int, bool]  # source, package, seed, samples only: two judgings are equal in these


def same_of(new: NewSubmission) -> Same:
    """Return a key that is equal for two submissions that one judging can serve."""
    return new.source_sha256, new.package, new.seed, new.samples_only


def may_share(new: NewSubmission) -> bool:
    """Return whether a submission may have the judging of an equal one."""
    return new.reuse and bool(new.package) and new.own_input is None


async def sent_before(
    connection: Connection, new_submissions: Sequence[NewSubmission]
) -> dict[Key, tuple[Receipt, str]]:
    """Return {idempotency key: (receipt of the submission sent with it, digest of its request)}."""
    found: dict[Key, tuple[Receipt, str]] = {}
    table = submissions.c
    for submitter in {new.submitter for new in new_submissions}:
        own = [new.idempotency_key for new in new_submissions if new.submitter == submitter]
        keys = [key for key in own if key is not None]
        for piece in _pieces(keys):
            query = sa.select(table.id, table.judging_id, table.request_sha256, table.idempotency_key)
            query = query.where(table.submitter == submitter, table.idempotency_key.in_(piece))
            for row in await connection.execute(query):
                receipt = Receipt(submission_id=row.id, judging_id=row.judging_id, replayed=True)
                found[submitter, row.idempotency_key] = receipt, row.request_sha256
    return found


async def judged_before(
    connection: Connection, new_submissions: Sequence[NewSubmission], hidden_seed: str = ""
) -> dict[Same, tuple[str, bool]]:
    """Return {key of equal judgings: (id of the one to share, True if it is done)}; one that is done is preferred.

    Only those are found whose hidden cases were drawn from the secret with the fingerprint `hidden_seed`.
    """
    found: dict[Same, tuple[str, bool]] = {}
    table = judgings.c
    for piece in _pieces([new.source_sha256 for new in new_submissions if may_share(new)]):
        query = (
            sa.select(table.id, table.status, table.source_sha256, table.package, table.seed, table.samples_only)
            .where(
                table.source_sha256.in_(piece),
                table.hidden_seed == hidden_seed,
                table.status != Status.CANCELLED,
                sa.or_(table.verdict.is_(None), table.verdict != Verdict.JUDGE_ERROR),
                table.rejudge_id.is_(None),
                table.own_cases == 0,
            )
            .order_by(table.status == Status.DONE, table.id)
        )
        for row in await connection.execute(query):  # the last of equal ones stays: the newest that is done
            found[row.source_sha256, row.package, row.seed, row.samples_only] = row.id, row.status == Status.DONE
    return await _without_stopped(connection, found)


async def _without_stopped(connection: Connection, found: dict[Same, tuple[str, bool]]) -> dict[Same, tuple[str, bool]]:
    """Return `found` without judgings that were stopped meanwhile; none can be until the transaction ends.

    See judge.store.stop. The lock is one that workers don't wait for: they change no key.
    """
    kept: set[str] = set()
    for piece in _pieces([judging_id for judging_id, finished in found.values() if not finished]):
        query = sa.select(judgings.c.id).where(judgings.c.id.in_(piece), judgings.c.status != Status.CANCELLED)
        locked = query.order_by(judgings.c.id).with_for_update(read=True, key_share=True)
        kept.update((await connection.execute(locked)).scalars())
    return {same: (judging_id, done) for same, (judging_id, done) in found.items() if done or judging_id in kept}


def _pieces(values: Sequence[str]) -> Iterator[list[str]]:
    unique = sorted(set(values))
    for start in range(0, len(unique), _PIECE):
        yield unique[start : start + _PIECE]
