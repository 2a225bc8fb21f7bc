"""The report on one submission: the same JSON for the command line, HTTP and the store.

A minor version of the schema adds fields, which older readers ignore; what else changes needs a new major version.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from judge.provenance import Provenance
from judge.reasons import Handover, Omission
from judge.reproduction_record import Reproduction
from judge.verdict import CaseResult, Cause, CauseKind, Mistake, Verdict, VerdictOutcome, known_members

SCHEMA = "1.1"
SUMMARY_BYTES = 300  # of each text in a summary, as JSON
MAX_REPORT_BYTES = 256 * 1024  # of its JSON; `judge.grading.report_size` cuts a longer one


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A report in a few words, each text cut at 300 bytes of JSON. `first_failure` is the name of a case."""

    verdict: Verdict
    passed: int
    total: int
    first_failure: str | None
    cause: str | None
    message: str
    proof: str
    hint: str
    line: int | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The complete result of one submission. Times are milliseconds, memory is MiB above an empty box.

    `verdict` is that of the first case that is not accepted, and `cause` its one reason, None if it is accepted.
    `score` is the share of accepted cases; None where the judge failed, and not the program. `counterexample` is a
    public case that fails like the hidden ones, where the samples are accepted; `reproduction` is a failing case that
    is shown, as text. `lane` is `fast` or `full`; if the full lane decided after the fast one gave up, `handed_over` is
    the reason. `line` is the source line of a compile or runtime error, or that where its time was up. `omitted` lists
    the parts that were left out to keep a report within MAX_REPORT_BYTES.
    """

    problem: str
    verdict: Verdict
    score: float | None = None
    message: str = ""
    cause: Cause | None = None
    mistakes: tuple[Mistake, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    cases_total: int = 0
    counterexample: CaseResult | None = None
    reproduction: Reproduction | None = None
    traceback: str = ""
    line: int | None = None
    stdout: str = ""
    stderr: str = ""
    time_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_mb: float = 0.0
    lane: str = "full"
    handed_over: Handover | None = None
    omitted: tuple[Omission, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    @classmethod
    def judge_failed(cls, problem: str, message: str, provenance: Provenance | None = None) -> "Report":
        """Return the report on a submission that could not be judged, for a reason that is ours."""
        return cls(
            problem=problem,
            verdict=Verdict.JUDGE_ERROR,
            message=message,
            cause=Cause(id="judge-failed", kind=CauseKind.JUDGE, message=message),
            provenance=provenance or Provenance(),
        )

    @property
    def outcome(self) -> VerdictOutcome:
        """Return the verdict's meaning to whoever counts."""
        return VerdictOutcome.of(self.verdict)

    @property
    def stdout_of_loading(self) -> str:
        """Return what was printed before the first case; all of it where the cases' own parts are not known."""
        parts = "".join(case.stdout for case in self.cases)
        return self.stdout.removesuffix(parts) if self.stdout.endswith(parts) else ""

    @property
    def summary(self) -> Summary:
        """Return the report in a few words."""
        cause, passed = self.cause, sum(case.verdict is Verdict.ACCEPTED for case in self.cases)
        if self.omitted and self.score is not None:  # cases may be among what was left out
            passed = round(self.score * self.cases_total)
        failed = next((case.name for case in self.cases if case.verdict is not Verdict.ACCEPTED), None)
        return Summary(
            verdict=self.verdict,
            passed=passed,
            total=self.cases_total,
            first_failure=failed,
            cause=cause.id if cause else None,
            message=_short(cause.message if cause else self.message),
            proof=_short(cause.proof if cause else ""),
            hint=_short(cause.hint if cause else ""),
            line=cause.line if cause else self.line,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain dicts and lists, ready for json.dumps; their items are shared with the report."""
        return {
            "schema": SCHEMA,
            "summary": dict(vars(self.summary)),
            "outcome": dict(vars(self.outcome)),
            **vars(self),
            "cause": {**vars(self.cause), "explains": list(self.cause.explains)} if self.cause else None,
            "handed_over": dict(vars(self.handed_over)) if self.handed_over else None,
            "omitted": [dict(vars(omission)) for omission in self.omitted],
            "mistakes": [dict(vars(mistake)) for mistake in self.mistakes],
            "cases": [case.to_json() for case in self.cases],
            "counterexample": self.counterexample.to_json() if self.counterexample else None,
            "reproduction": self.reproduction.to_json() if self.reproduction else None,
            "provenance": dict(vars(self.provenance)),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Report":
        """Return the report that `to_json` wrote, in this minor version or another, or before there were versions.

        Raises TypeError, KeyError or ValueError for anything else.
        """
        if str(data.get("schema", SCHEMA)).partition(".")[0] != SCHEMA.partition(".")[0]:
            raise ValueError(f"a report of the schema {data['schema']}; this judge reads {SCHEMA}")
        known, verdict = known_members(cls, data), Verdict(data["verdict"])
        provenance = known_members(Provenance, known.get("provenance") or {})
        provenance["sandbox"] = tuple(provenance.get("sandbox", ()))
        return cls(
            **{
                **known,
                "verdict": verdict,
                "score": None if verdict is Verdict.JUDGE_ERROR else known.get("score"),
                "cause": Cause.from_json(known.get("cause")),
                "handed_over": Handover.from_json(known.get("handed_over")),
                "omitted": tuple(map(Omission.from_json, known.get("omitted", ()))),
                "mistakes": tuple(Mistake(**known_members(Mistake, mistake)) for mistake in known.get("mistakes", ())),
                "cases": tuple(map(CaseResult.from_json, known.get("cases", ()))),
                "counterexample": CaseResult.from_json(twin) if (twin := known.get("counterexample")) else None,
                "reproduction": Reproduction.from_json(known.get("reproduction")),
                "provenance": Provenance(**provenance),
            }
        )


def _short(text: str) -> str:
    head = text[: SUMMARY_BYTES + 1]  # each character is a byte at least
    sizes = list(accumulate(len(json.dumps(character)) - 2 for character in head))
    if not sizes or sizes[-1] <= SUMMARY_BYTES:
        return text
    return head[: bisect_right(sizes, SUMMARY_BYTES - len(json.dumps("…")) + 2)] + "…"
