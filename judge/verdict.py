"""Verdicts, and what they rest on: causes, cases, checks, and the effect of a step on a model."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeAlias

Json: TypeAlias = object  # what json.dumps takes: None, bool, int, float, str, and lists and dicts of such values


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


class Fault(StrEnum):
    """The party that a verdict is held against."""

    NONE = "none"
    SUBMISSION = "submission"
    JUDGE = "judge"  # or its host


class CauseKind(StrEnum):
    """The kind of thing that a cause's id names."""

    MISTAKE = "mistake"  # of the problem, or one with an optimizer that the judge knows
    CHECK = "check"  # of the problem, that failed in a way that no mistake explains
    EXCEPTION = "exception"  # of Python, JAX, Flax or Optax, or of the program's own
    ENDING = "ending"  # a limit, or another end that the program was given
    JUDGE = "judge"  # the judge itself failed


@dataclass(frozen=True, kw_only=True)
class VerdictOutcome:
    """Whose fault it is, if the same program may get another verdict (`retry`), and if it counts as an attempt."""

    fault: Fault
    retry: bool
    attempt: bool

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictOutcome":
        """Return the outcome that a verdict means."""
        judge, right = verdict is Verdict.JUDGE_ERROR, verdict is Verdict.ACCEPTED
        fault = Fault.JUDGE if judge else Fault.NONE if right else Fault.SUBMISSION
        return cls(fault=fault, retry=judge, attempt=not judge)


@dataclass(frozen=True, kw_only=True)
class Cause:
    """The one reason for a verdict, to be corrected first.

    `id` is stable, and names what `kind` says. `message` is one sentence; `proof` is what was measured in `case`, with
    its numbers. `explains` lists the ids of mistakes and checks that follow from it.
    """

    id: str
    kind: CauseKind
    message: str
    proof: str = ""
    hint: str = ""
    link: str = ""
    line: int | None = None
    case: str | None = None
    explains: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Cause | None":
        """Return the cause in a report's JSON, or None for None. Raises TypeError, KeyError or ValueError."""
        if data is None:
            return None
        known = known_members(cls, data)
        return cls(**{**known, "kind": CauseKind(known["kind"]), "explains": tuple(known.get("explains", ()))})


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """The effect of the step on one parameter of the model; each norm is that of the whole array.

    `change` is the norm of the difference, `expected_change` that of the reference's.
    """

    path: str
    shape: tuple[int, ...]
    norm_before: float | None = None
    norm_after: float | None = None
    change: float | None = None
    expected_change: float | None = None


@dataclass(frozen=True, kw_only=True)
class Check:
    """One named check of one case.

    `expected` and `actual` are JSON values, present for sample cases only, as is `symptom`, the way in which it failed.
    `error` is the size of the difference in the check's unit, which `message` names. `mistake` is the id of the mistake
    that was recognised.
    """

    id: str
    passed: bool
    message: str = ""
    expected: Json = None
    actual: Json = None
    error: float | None = None
    symptom: str | None = None
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

    `ending` names how the box ended it, where it did not reply. `leaves` has a row for each parameter of the model.
    `stdout` is what a sample printed; `returned` and `expected` are whole results, of a learner's own input.
    """

    name: str
    group: str
    verdict: Verdict
    message: str = ""
    ending: str | None = None
    time_ms: float = 0.0
    checks: tuple[Check, ...] = ()
    inputs: Mapping[str, Json] | None = None
    leaves: tuple[Leaf, ...] = ()
    stdout: str = ""
    returned: Json = None
    expected: Json = None

    def to_json(self) -> dict[str, Json]:
        """Return the case as plain dicts and lists, ready for json.dumps."""
        return {
            **vars(self),
            "checks": [dict(vars(each)) for each in self.checks],
            "leaves": [{**vars(each), "shape": list(each.shape)} for each in self.leaves],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "CaseResult":
        """Return the case that `to_json` wrote. Raises TypeError, KeyError or ValueError for anything else."""
        known = known_members(cls, data)
        leaves = tuple(
            Leaf(**{**known_members(Leaf, leaf), "shape": tuple(leaf["shape"])}) for leaf in known.get("leaves", ())
        )
        checks = tuple(Check(**known_members(Check, check)) for check in known.get("checks", ()))
        return cls(**{**known, "verdict": Verdict(known["verdict"]), "checks": checks, "leaves": leaves})


def known_members(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return those members of `data` that `cls` has: a newer minor version may have more."""
    return {each.name: data[each.name] for each in fields(cls) if each.name in data}
