"""Classes for tests: people, a class, and submissions with any time and verdict, written straight into the tables."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from judge.account import Role, User
from judge.assignment import Assignment, ClassDescription
from judge.report import Report
from judge.store.ids import new_id
from judge.store.schema import judgings, submissions
from judge.store.store import Store
from judge.verdict import CaseResult, Cause, CauseKind, Check, Verdict

_numbers = itertools.count()
NOW = datetime(2026, 10, 5, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One submission as a test wants it."""

    owner: str
    problem: str = "twice"
    created: datetime = NOW
    verdict: Verdict | None = Verdict.ACCEPTED  # none: still waiting
    score: float | None = 1.0
    samples_only: bool = False
    cancelled: bool = False
    cause: str | None = None
    checks: tuple[str, ...] = ()
    padding: str = ""  # printed by the program
    id: str = field(default_factory=lambda: f"0192f000-0000-7000-8000-{next(_numbers):012x}")  # in the order of making


async def people(store: Store, names: Iterable[str], role: Role = Role.LEARNER) -> list[User]:
    return [await store.accounts.users.add(name, role=role) for name in names]


async def make_class(
    store: Store,
    assignments: Sequence[Assignment],
    staff: Sequence[str] = (),
    learners: Sequence[str] = (),
    **more: Any,
) -> str:
    """The id of a class `ml`, or of another `slug`."""
    fields = {"slug": "ml", "title": "Deep learning", **more}
    description = ClassDescription(
        staff=tuple(staff), learners=tuple(learners), assignments=tuple(assignments), **fields
    )
    await store.classes.apply(description)
    found, _ = await store.classes.find(fields["slug"])
    return found.id


async def write(store: Store, sent: Sequence[Sent]) -> None:
    """Write submissions with their judgings."""
    rows: dict[sa.Table, list[dict[str, Any]]] = {submissions: [], judgings: []}
    for each in sent:
        judging_id = new_id()
        rows[submissions].append(_submission(each, judging_id))
        rows[judgings].append(_judging(each, judging_id))
    async with store.transactions.writing() as tx:
        for table, values in rows.items():
            for start in range(0, len(values), 500):
                await tx.connection.execute(sa.insert(table), values[start : start + 500])


def _submission(each: Sent, judging_id: str) -> dict[str, Any]:
    return {
        "id": each.id,
        "problem": each.problem,
        "source": "pass",
        "source_sha256": "0" * 64,
        "submitter": "somebody",
        "owner": each.owner,
        "judging_id": judging_id,
        "created": each.created,
        "cancelled": each.created if each.cancelled else None,
        "request_sha256": "0" * 64,
    }


def _judging(each: Sent, judging_id: str) -> dict[str, Any]:
    report = report_of(each) if each.verdict else None
    return {
        "id": judging_id,
        "submission_id": each.id,
        "problem": each.problem,
        "source_sha256": "0" * 64,
        "package": "sha256:one",
        "seed": 0,
        "samples_only": each.samples_only,
        "submitter": "somebody",
        "priority": 1,
        "tag": 0,
        "status": "done" if each.verdict else "queued",
        "created": each.created,
        "finished": each.created if each.verdict else None,
        "verdict": str(each.verdict) if each.verdict else None,
        "score": None if each.verdict is Verdict.JUDGE_ERROR else each.score,
        "cause": each.cause,
        "summary": report["summary"] if report else None,
        "report": report,
    }


def report_of(each: Sent) -> dict[str, Any]:
    assert each.verdict is not None
    checks = tuple(Check(id=name, passed=False, message="it differs") for name in each.checks)
    cause = Cause(id=each.cause, kind=CauseKind.MISTAKE, message="it differs", case="sample-1") if each.cause else None
    case = CaseResult(name="sample-1", group="sample", verdict=each.verdict, checks=checks)
    return Report(
        problem=each.problem,
        verdict=each.verdict,
        score=each.score,
        cause=cause,
        cases=(case,),
        cases_total=1,
        stdout=each.padding,
    ).to_json()
