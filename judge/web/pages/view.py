"""A stored submission as its result is drawn: the record, its report, and the cases that have ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from judge.report import Report
from judge.store.records import Status, SubmissionRecord
from judge.verdict import CaseResult

HIDDEN_SEEDS = {
    "package": "the package's own seed",
    "request": "the seed that was asked for",
    "server": "a secret seed of this server",
}


@dataclass(frozen=True, kw_only=True)
class ResultView:
    """A submission for the templates. `report_object` is None until it is done, or if it may not be read."""

    stored: SubmissionRecord
    report_object: Report | None = None
    cases_by_name: Mapping[str, CaseResult] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the submission's id."""
        return self.stored.id

    @property
    def problem(self) -> str:
        """Return the problem's slug."""
        return self.stored.problem

    @property
    def status(self) -> Status:
        """Return the status of its judging."""
        return self.stored.status

    @property
    def retry_in(self) -> int:
        """Return the seconds until the next attempt after a fault of the judge; 0 if it may begin now."""
        if self.stored.retry_at is None:
            return 0
        return max(0, round((self.stored.retry_at - datetime.now(UTC)).total_seconds()))

    @property
    def samples_only(self) -> bool:
        """Return whether only the samples are run."""
        return self.stored.samples_only

    @property
    def own_input(self) -> bool:
        """Return whether it is run on input of its sender's own."""
        return self.stored.own_cases > 0

    @property
    def created(self) -> datetime:
        """Return the time of its arrival."""
        return self.stored.created


def result_view(stored: SubmissionRecord) -> ResultView:
    """Return `stored` with its report parsed, if it has one."""
    if stored.report is None:
        return ResultView(stored=stored)
    report = Report.from_json(stored.report)
    return ResultView(stored=stored, report_object=report, cases_by_name={case.name: case for case in report.cases})


def word(stored: SubmissionRecord | ResultView) -> str:
    """Return the verdict of a submission, or its status while it has none."""
    record = stored.stored if isinstance(stored, ResultView) else stored
    return record.verdict or str(record.status)


def case_names(expected: Sequence[str], report: Report | None) -> tuple[str, ...]:
    """Return the names of all cases: those that are expected, then others of the report."""
    names = set(expected)
    return (*expected, *(case.name for case in report.cases if case.name not in names)) if report else tuple(expected)


def provenance_rows(provenance: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rows of a table about the origin of a verdict, from the fields of a Provenance."""
    names = ("judge", "python", "jax", "jaxlib", "flax", "optax", "numpy")
    rows = [
        ("package", (provenance.get("package"),)),
        ("seed of the cases", (provenance.get("seed"),)),
        ("hidden cases from", (HIDDEN_SEEDS.get(str(provenance.get("hidden_seed"))),)),
        ("versions", tuple(f"{name} {provenance[name]}" for name in names if provenance.get(name))),
        ("processor", (provenance.get("processor"),)),
        ("worker", (provenance.get("worker"),)),
        ("sandbox layers", tuple(provenance.get("sandbox") or ())),
    ]
    return [(name, texts) for name, values in rows if (texts := tuple(str(value) for value in values if value))]
