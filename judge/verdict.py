"""Verdicts and the report that holds one: the same JSON for the command line, HTTP and the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = object  # what json.dumps takes: None, bool, int, float, str, and lists and dicts of such values

MAX_REPORT_BYTES = 256 * 1024  # of its JSON; `judge.grading.report_size` cuts a longer one


class Verdict(StrEnum):
    """The outcome of a submission, or of one case."""

    ACCEPTED = "accepted"  # every check of every case passed
    WRONG_ANSWER = "wrong_answer"  # it ran, and a check failed
    RUNTIME_ERROR = "runtime_error"  # it raised, exited, crashed or did what a box forbids
    COMPILE_ERROR = "compile_error"  # syntax, import, entry point missing or with other parameters: nothing was run
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"  # CPU time used up, or asleep past the wall clock
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"  # it printed, or returned, too much
    JUDGE_ERROR = "judge_error"  # ours: never held against the submission, retried


@dataclass(frozen=True, kw_only=True)
class Check:
    """One named check of one case.

    `expected` and `actual` are JSON values, present for sample cases only. `error` is the size of the difference in the
    check's unit, which `message` names; it is always present. `mistake` is the id of the mistake that was recognised.
    """

    id: str
    passed: bool
    message: str = ""
    expected: Json = None
    actual: Json = None
    error: float | None = None
    mistake: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A known mistake, declared by its problem: a message, and a hint for correcting it."""

    id: str
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """The verdict of one case. `inputs` (by parameter name) and the checks' values are present for samples only.

    `leaves` describes the effect of the step on the model, for pictures: one row a parameter leaf, with `path`,
    `shape`, `norm_before`, `norm_after`, `change` (norm of the difference) and `expected_change` (the reference's).
    """

    name: str
    group: str
    verdict: Verdict
    message: str = ""
    time_ms: float = 0.0
    checks: tuple[Check, ...] = ()
    inputs: Mapping[str, Json] | None = None
    leaves: tuple[Mapping[str, Json], ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Return the case as plain dicts and lists, ready for json.dumps."""
        return {**vars(self), "checks": [dict(vars(each)) for each in self.checks]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CaseResult":
        """Return the case that `to_json` wrote. Raises TypeError, KeyError or ValueError for anything else."""
        checks = tuple(Check(**check) for check in data.get("checks", ()))
        leaves = tuple(data.get("leaves", ()))
        return cls(**{**data, "verdict": Verdict(data["verdict"]), "checks": checks, "leaves": leaves})


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The versions and seeds behind a verdict: enough to reproduce it.

    `hidden_seed` names the source of the hidden cases: `package` (the package's own seed), `request` (`seed`, the
    number in the request) or `server` (a secret of the server, and `seed`: only that server can draw them again).
    """

    package: str = ""
    seed: int = 0
    judge: str = ""
    python: str = ""
    jax: str = ""
    jaxlib: str = ""
    flax: str = ""
    optax: str = ""
    numpy: str = ""
    processor: str = ""
    worker: str = ""
    sandbox: tuple[str, ...] = ()
    hidden_seed: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """The complete result of one submission. Times are milliseconds, memory is MiB above an empty box.

    `verdict` is that of the first case that is not accepted; `score` is the share of accepted cases. `lane` is `fast`
    or `full`; if the full lane decided after the fast one gave up, `handed_over` is the reason. `line` is the source
    line of a compile or runtime error. `omitted` lists the parts that were left out to keep a report within
    MAX_REPORT_BYTES, a sentence each.
    """

    problem: str
    verdict: Verdict
    score: float = 0.0
    message: str = ""
    mistakes: tuple[Mistake, ...] = ()
    cases: tuple[CaseResult, ...] = ()
    cases_total: int = 0
    traceback: str = ""
    line: int | None = None
    stdout: str = ""
    stderr: str = ""
    time_ms: float = 0.0
    cpu_ms: float = 0.0
    memory_mb: float = 0.0
    lane: str = "full"
    handed_over: str | None = None
    omitted: tuple[str, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain dicts and lists, ready for json.dumps; their items are shared with the report."""
        return {
            **vars(self),
            "omitted": list(self.omitted),
            "mistakes": [dict(vars(mistake)) for mistake in self.mistakes],
            "cases": [case.to_json() for case in self.cases],
            "provenance": dict(vars(self.provenance)),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Report":
        """Return the report that `to_json` wrote. Raises TypeError or ValueError for anything else."""
        cases = tuple(map(CaseResult.from_json, data.get("cases", ())))
        provenance = dict(data.get("provenance") or {})
        provenance["sandbox"] = tuple(provenance.get("sandbox", ()))
        return cls(
            **{
                **data,
                "verdict": Verdict(data["verdict"]),
                "omitted": tuple(data.get("omitted", ())),
                "mistakes": tuple(Mistake(**mistake) for mistake in data.get("mistakes", ())),
                "cases": cases,
                "provenance": Provenance(**provenance),
            }
        )
