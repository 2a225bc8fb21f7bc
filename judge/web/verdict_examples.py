"""An example of a submission with each verdict, for the OpenAPI document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judge.store.records import Status
from judge.verdict import Verdict

ID = "01a210d7-093a-780c-b8a1-f23038f8b287"
CASES = 12
_RUN_MS, _MEMORY_MIB = 196.0, 38.0


@dataclass(frozen=True, kw_only=True)
class _End:
    """The difference between the examples: the cause in its words, and what the run took."""

    cause: str | None
    message: str
    proof: str = ""
    hint: str = ""
    line: int | None = None
    passed: int = 0
    score: float | None = 0.0
    time_ms: float = _RUN_MS
    memory_mb: float = _MEMORY_MIB


ENDS: Mapping[Verdict, _End] = {
    Verdict.ACCEPTED: _End(cause=None, message="", passed=CASES, score=1.0),
    Verdict.WRONG_ANSWER: _End(
        cause="weights-ignored",
        message="this is the plain mean: the weights are ignored",
        proof="sample-1: 0.4155 instead of 0.3102",
        hint="Multiply each value by its weight, and divide by the sum of the weights.",
    ),
    Verdict.RUNTIME_ERROR: _End(
        cause="exception",
        message="AttributeError: 'DictKey' object has no attribute 'name'",
        hint="The keys of this tree carry their names as `.key`.",
        line=23,
    ),
    Verdict.COMPILE_ERROR: _End(
        cause="exception", message="SyntaxError: '(' was never closed", line=16, time_ms=0.4, memory_mb=0.1
    ),
    Verdict.TIME_LIMIT_EXCEEDED: _End(
        cause="cpu-limit",
        message="more than 20 s of CPU time",
        proof="it was in line 32 when its time was up",
        line=32,
        time_ms=20_400.0,
    ),
    Verdict.MEMORY_LIMIT_EXCEEDED: _End(
        cause="memory-limit", message="out of memory (limit 1024 MiB)", time_ms=2_300.0, memory_mb=1_024.0
    ),
    Verdict.OUTPUT_LIMIT_EXCEEDED: _End(cause="output-limit", message="it printed more than 65,536 bytes"),
    Verdict.JUDGE_ERROR: _End(
        cause="judge-failed", message="the judge failed, and your program is not to blame", score=None
    ),
}
assert set(ENDS) == set(Verdict)


def verdict_examples() -> dict[str, dict[str, Any]]:
    """Return OpenAPI's example objects by verdict: answers as `detail=summary` gives them."""
    return {str(verdict): {"summary": _title(verdict), "value": _submission(verdict)} for verdict in Verdict}


def _title(verdict: Verdict) -> str:
    return verdict.replace("_", " ").capitalize()


def _submission(verdict: Verdict) -> dict[str, Any]:
    end = ENDS[verdict]
    return {
        "id": ID,
        "url": f"/submissions/{ID}",
        "problem": "weighted-mean",
        "readable": True,
        "submitter": "ada",
        "status": str(Status.DONE),
        "position": None,
        "attempts": 1,
        "faults": 0,
        "retry_at": None,
        "priority": "interactive",
        "seed": 0,
        "samples_only": False,
        "own_input": False,
        "created": "2026-11-25T03:54:17.786749Z",
        "started": "2026-11-25T03:54:17.803357Z",
        "finished": "2026-11-25T03:54:18.012742Z",
        "verdict": str(verdict),
        "score": end.score,
        "summary": _summary(verdict, end),
        "time_ms": end.time_ms,
        "memory_mb": end.memory_mb,
        "lane": "fast",
        "worker": "host-19403-c26b04",
        "reason": "",
        "shared": False,
    }


def _summary(verdict: Verdict, end: _End) -> dict[str, Any]:
    return {
        "verdict": str(verdict),
        "passed": end.passed,
        "total": CASES,
        "first_failure": None if verdict is Verdict.ACCEPTED else "sample-1",
        "cause": end.cause,
        "message": end.message,
        "proof": end.proof,
        "hint": end.hint,
        "line": end.line,
    }
