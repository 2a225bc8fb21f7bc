"""The report of an exam: its findings, and the grades and measurements behind them."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from judge.report import Report
from judge.verdict import Json


class Part(StrEnum):
    """The parts of an exam, in the order in which they are held."""

    PACKAGE = "package"  # the folder loads, and its place in its track is sound
    TEXTS = "texts"  # statement, starter and reference name one signature
    CASES = "cases"  # no hidden case is shown as a sample; other seeds work as well
    SUBMISSIONS = "papers"  # known submissions get the verdicts of their folders
    TRIVIAL = "trivial"  # programs that do nothing are refused
    TOLERANCE = "tolerance"  # above the noise of the arithmetic, below half precision
    TIME = "time"  # the limit leaves room for slower machines
    MUTANTS = "mutants"  # wrong programs made from the reference are refused


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that the exam looked at. `message` says what is wrong and what to change, or what was measured."""

    part: Part
    subject: str
    passed: bool
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Graded:
    """One known submission: its name `<verdict>/<file>`, the verdicts that it may get, and the report on it."""

    name: str
    expected: tuple[str, ...]
    passed: bool
    why: str
    report: Report


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """The exactness of the checks about one target: the returned value, the trained leaves, the optimizer's state.

    All are relative sizes without unit. `noise`: the largest difference between runs of the reference itself.
    `accepted`: the largest relative error that the checks let pass. `derived`: the middle between noise and half
    precision, on a logarithmic scale. `slack`: how many times the noise may grow before the checks refuse the
    reference (None: no noise, or no check). `checked`: True if gross errors are refused at all. `half_refused`: True
    if values rounded to half precision are refused. `refused_by`: the check that refuses four times the noise, if any.
    """

    target: str
    noise: float
    accepted: float
    derived: float
    slack: float | None
    checked: bool
    half_refused: bool
    refused_by: str = ""


@dataclass(frozen=True, kw_only=True)
class ExamReport:
    """The whole exam of one package.

    `mutants` counts the verdicts that the mutants got, `warm_up` the accepted submissions that ran to their end on the
    fast lane, and all accepted ones (0 and 0 where the fast lane was not started). `notes` fail nothing.
    """

    problem: str
    package: str = ""
    findings: tuple[Finding, ...] = ()
    marks: tuple[Graded, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    notes: tuple[str, ...] = ()
    mutants: Mapping[str, int] = field(default_factory=dict)
    warm_up: tuple[int, int] = (0, 0)

    @property
    def passed(self) -> bool:
        """True if every finding passed."""
        return all(finding.passed for finding in self.findings)

    def with_findings(self, *findings: Finding) -> "ExamReport":
        """Return the report with these findings after its own."""
        return replace(self, findings=(*self.findings, *findings))

    def failures(self) -> Iterator[Finding]:
        """Yield the findings that fail the package, in order."""
        return (finding for finding in self.findings if not finding.passed)

    def to_json(self) -> dict[str, Json]:
        """Return the report as plain dicts and lists; of the reports on submissions, only the fields listed here."""
        marks = [
            {
                "paper": mark.name,
                "expected": list(mark.expected),
                "passed": mark.passed,
                "why": mark.why,
                "verdict": mark.report.verdict.value,
                "message": mark.report.message,
                "mistakes": [mistake.id for mistake in mark.report.mistakes],
                "cpu_ms": mark.report.cpu_ms,
                "lane": mark.report.lane,
                "handed_over": asdict(mark.report.handed_over) if mark.report.handed_over else None,
            }
            for mark in self.marks
        ]
        return {**asdict(self), "marks": marks, "passed": self.passed}
