"""Reduces a report to what other systems may know: verdicts, causes, times; no inputs, no values."""

from dataclasses import dataclass

from judge.report import Report, Summary
from judge.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class PublicCase:
    """One case: its verdict and the reason in a sentence. `seconds` is wall time."""

    name: str
    group: str
    verdict: Verdict
    message: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class PublicReport:
    """One submission as other systems see it. `name` is its file or id; `score` is None where the judge failed.

    `cases` are those that ran; `seconds` is the wall time of all.
    """

    name: str
    problem: str
    verdict: Verdict
    score: float | None
    summary: Summary
    message: str
    seconds: float
    cases: tuple[PublicCase, ...]

    @property
    def explanation(self) -> str:
        """The reason, its proof and what to change, a line each."""
        parts = (self.message, self.summary.message, self.summary.proof, self.summary.hint)
        kept: list[str] = []
        for part in parts:
            if part and not any(part in each for each in kept):
                kept.append(part)
        return "\n".join(kept)


def public(report: Report, name: str) -> PublicReport:
    """Return what may leave `report`, under the name of the submission's file, or its id."""
    cases = tuple(
        PublicCase(
            name=case.name,
            group=case.group,
            verdict=case.verdict,
            message=case.message,
            seconds=case.time_ms / 1e3,
        )
        for case in report.cases
    )
    return PublicReport(
        name=name,
        problem=report.problem,
        verdict=report.verdict,
        score=report.score,
        summary=report.summary,
        message=report.message,
        seconds=report.time_ms / 1e3,
        cases=cases,
    )
