"""The words of a verdict, and the report that carries it: one JSON for the command line, HTTP and the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = Any  # what json.dumps takes

MAX_REPORT_BYTES = 256 * 1024  # of its JSON; `judge.grading.report_size` cuts what is longer


class Verdict(StrEnum):
    """How a submission ended."""

    ACCEPTED = "accepted"  # every check of every case passed
    WRONG_ANSWER = "wrong_answer"  # it ran, and a check failed
    RUNTIME_ERROR = "runtime_error"  # it raised, exited, crashed or did what a box forbids
    COMPILE_ERROR = "compile_error"  # syntax, import, entry point missing or with other parameters: nothing was run
    TIME_LIMIT_EXCEEDED = "time_limit_exceeded"  # CPU time used up, or asleep past the wall clock
    MEMORY_LIMIT_EXCEEDED = "memory_limit_exceeded"
    OUTPUT_LIMIT_EXCEEDED = "output_limit_exceeded"  # it printed, or returned, more than is taken
    JUDGE_ERROR = "judge_error"  # ours: never held against the submission, retried


@dataclass(frozen=True, kw_only=True)
class Check:
    """One named check of one case.

    `expected` and `actual` are JSON values, shown for sample cases only; `error` is the size of the difference in the
    check's own unit (named in `message`), shown always; `mistake` the id of the named mistake that it recognised.
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
    """A known mistake, named by its problem: what is wrong, and a hint how to mend it."""

    id: str
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseResult:
    """The verdict of one case. `inputs` (by parameter name) and the checks' values are there for samples only.

    `leaves` tells what the step did to the model, for pictures: one row a parameter leaf, with `path`, `shape`,
    `norm_before`, `norm_after`, `change` (norm of the difference) and `expected_change` (the reference's).
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
    def from_json(cls, data: Mapping[str, Json]) -> "CaseResult":
        """Return the case that `to_json` wrote. Raises TypeError, KeyError or ValueError for anything else."""
        checks = tuple(Check(**check) for check in data.get("checks", ()))
        leaves = tuple(data.get("leaves", ()))
        return cls(**{**data, "verdict": Verdict(data["verdict"]), "checks": checks, "leaves": leaves})


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """With what a verdict was made: enough to make it again.

    `hidden_seed` says what drew the hidden cases: `package` (the package's own seed), `request` (`seed`, the number
    that was asked for) or `server` (a secret of the server's, and `seed`: only that server can draw them again).
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
    """The whole answer to one submission. Times are milliseconds, memory is MiB above an empty box.

    `verdict` is that of the first case that is not accepted; `score` the share of cases that are. `lane` is `fast` or
    `full`; where the full lane decided after the fast one gave up, `handed_over` says why. `line` is the line of the
    source that a compile or runtime error points at. `omitted` says, a sentence each, what was left out because a
    report holds at most MAX_REPORT_BYTES.
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

    def to_json(self) -> dict[str, Json]:
        """The report as plain dicts and lists, ready for json.dumps; what they hold is the report's own."""
        return {
            **vars(self),
            "omitted": list(self.omitted),
            "mistakes": [dict(vars(mistake)) for mistake in self.mistakes],
            "cases": [case.to_json() for case in self.cases],
            "provenance": dict(vars(self.provenance)),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> "Report":
        """The report that `to_json` wrote. Raises TypeError or ValueError for anything else."""
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
