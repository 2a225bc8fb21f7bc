"""A stored submission as a page shows it: the record, its report, and its cases as far as they are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from judge.store.records import Status, SubmissionRecord
from judge.verdict import CaseResult, Report

FINISHED = (Status.DONE, Status.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class Shown:
    """`report_object` once it is done; `cases_by_name` as far as they have ended."""

    stored: SubmissionRecord
    report_object: Report | None = None
    cases_by_name: Mapping[str, CaseResult] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The submission's id."""
        return self.stored.id

    @property
    def problem(self) -> str:
        """The problem's slug."""
        return self.stored.problem

    @property
    def status(self) -> Status:
        """Where it is on its way."""
        return self.stored.status

    @property
    def retry_in(self) -> int:
        """Seconds until it is tried again after a fault of the judge; 0 if nothing keeps it from that."""
        if self.stored.retry_at is None:
            return 0
        return max(0, round((self.stored.retry_at - datetime.now(UTC)).total_seconds()))

    @property
    def samples_only(self) -> bool:
        """Whether only the samples are run."""
        return self.stored.samples_only

    @property
    def created(self) -> datetime:
        """When it came."""
        return self.stored.created


def shown(stored: SubmissionRecord, *, readable: bool = True) -> Shown:
    """`stored` with its report read, if the viewer may read that."""
    if stored.report is None or not readable:
        return Shown(stored=stored)
    report = Report.from_json(stored.report)
    return Shown(stored=stored, report_object=report, cases_by_name={case.name: case for case in report.cases})


def word(stored: SubmissionRecord | Shown) -> str:
    """The one word for a submission: its verdict once it has one, else where it is on its way."""
    record = stored.stored if isinstance(stored, Shown) else stored
    return record.verdict or str(record.status)


def case_names(expected: Sequence[str], report: Report | None) -> tuple[str, ...]:
    """The names of all cases: those that are expected, then others of the report."""
    known = set(expected)
    return (*expected, *(case.name for case in report.cases if case.name not in known)) if report else tuple(expected)


HIDDEN_SEEDS = {
    "package": "the package's own seed",
    "request": "the seed that was asked for",
    "server": "a secret seed of this server",
}


def provenance_rows(known: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """With what a verdict was made, from the fields of a Provenance: names, and the values that belong to each."""
    names = ("judge", "python", "jax", "jaxlib", "flax", "optax", "numpy")
    rows = [
        ("package", (known.get("package"),)),
        ("seed of the cases", (known.get("seed"),)),
        ("hidden cases from", (HIDDEN_SEEDS.get(str(known.get("hidden_seed"))),)),
        ("versions", tuple(f"{name} {known[name]}" for name in names if known.get(name))),
        ("processor", (known.get("processor"),)),
        ("worker", (known.get("worker"),)),
        ("sandbox layers", tuple(known.get("sandbox") or ())),
    ]
    return [(name, shown) for name, values in rows if (shown := tuple(str(value) for value in values if value))]
