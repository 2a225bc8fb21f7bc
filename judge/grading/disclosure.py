"""Limits what a report discloses about hidden cases, and lists every channel with its size in bits.

A program can act on the inputs that it sees, and so write a message into whatever a report shows of a hidden case. Each
channel here is therefore a choice from a closed set that the package, the source or the judge declares; nothing that a
submission wrote comes through. `CHANNELS` is the whole list, and tests/unit/grading/test_disclosure.py counts each of
them against hostile evidence.
"""

import builtins
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from judge.case import SAMPLE, Case
from judge.evidence import Raised
from judge.problems.problem import Problem
from judge.reasons import HandoverId
from judge.submission import MAX_SOURCE_BYTES
from judge.verdict import Check, Verdict

TIME_DIGITS = 2  # of a hidden case's milliseconds
TOTAL_DIGITS = 3  # of a job's times and memory
DECADES = 9  # of ten, from SHORTEST_MS to LONGEST_MS
ERROR_DECADES = 12  # sizes of errors are shown from 1e-12 to 9e12
SHORTEST_MS, LONGEST_MS = 0.1, 1e7  # shown times lie between them: no job takes three hours

# Exceptions whose names may be shown of hidden cases; any other name is the submission's own text.
EXCEPTIONS = frozenset(
    {name for name, each in vars(builtins).items() if isinstance(each, type) and issubclass(each, BaseException)}
    | set(
        "JaxRuntimeError XlaRuntimeError KeyReuseError UnexpectedTracerError TracerArrayConversionError "
        "TracerBoolConversionError TracerIntegerConversionError ConcretizationTypeError LinAlgError AxisError "
        "NonConcreteBooleanIndexError TraceContextError FlaxError EntryPointError TooLarge".split()
    )
)
OTHER_EXCEPTION = "an exception defined by the submission"


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One part of a report that a submission can choose depending on a hidden case.

    `bits` returns its size, given the problem and its number of checks of a case. `each` is "case" or "job".
    """

    name: str
    each: str
    bits: Callable[[Problem, int], float]


def _numbers(digits: int, decades: float) -> float:
    return math.log2(9 * 10 ** (digits - 1) * decades + 2)  # two more: zero, and no number


CHANNELS: tuple[Channel, ...] = (
    Channel(name="verdict", each="case", bits=lambda problem, checks: math.log2(len(Verdict))),
    Channel(name="which checks passed, failed or were not made", each="case", bits=lambda _, n: n * math.log2(3)),
    Channel(name="mistake of one failed check", each="case", bits=lambda p, _: math.log2(1 + len(p.manifest.mistakes))),
    Channel(name="size of one failed check's error", each="case", bits=lambda *_: _numbers(1, 2 * ERROR_DECADES + 1)),
    Channel(name="name of the exception", each="case", bits=lambda *_: math.log2(len(EXCEPTIONS) + 1)),
    Channel(name="time_ms of the case", each="case", bits=lambda *_: _numbers(TIME_DIGITS, DECADES)),
    Channel(name="how many cases ran", each="job", bits=lambda p, _: math.log2(1 + p.manifest.cases.hidden)),
    Channel(name="how the process ended: a signal or an exit code", each="job", bits=lambda *_: math.log2(256 + 64)),
    Channel(
        name="line of the first exception, or of where time ran out, and whether it waited there",
        each="job",
        bits=lambda *_: math.log2(2 * MAX_SOURCE_BYTES + 1),
    ),
    Channel(
        name="time_ms, cpu_ms and memory_mb of the job",
        each="job",
        bits=lambda *_: 3 * _numbers(TOTAL_DIGITS, DECADES),
    ),
    Channel(name="lane, and why the fast one gave up", each="job", bits=lambda *_: math.log2(2 + len(HandoverId))),
)


def bits_of_case(problem: Problem, checks: int) -> float:
    """Return the most bits that one hidden case discloses, in a problem with `checks` checks of a case."""
    return sum(channel.bits(problem, checks) for channel in CHANNELS if channel.each == "case")


def bits_of_job(problem: Problem, checks: int) -> float:
    """Return the most bits that one submission gets from all hidden cases together."""
    job = sum(channel.bits(problem, checks) for channel in CHANNELS if channel.each == "job")
    return job + problem.manifest.cases.hidden * bits_of_case(problem, checks)


def rounded(value: float, digits: int) -> float:
    """Return `value` with `digits` significant digits; 0 for a value that is not finite."""
    return float(f"{value:.{digits - 1}e}") if math.isfinite(value) else 0.0


def rounded_time(milliseconds: float, digits: int) -> float:
    """Return a time with `digits` significant digits, between 0.1 ms and 10,000 s."""
    return rounded(min(max(milliseconds, SHORTEST_MS), LONGEST_MS), digits)


def case_time(case: Case, time_ms: float) -> float:
    """Return a case's milliseconds as they are shown: of hidden cases with few digits."""
    return round(time_ms, 3) if case.group == SAMPLE else rounded_time(time_ms, TIME_DIGITS)


def rounded_error(error: float | None) -> float | None:
    """Return the size of an error with one significant digit, between 1e-12 and 9e12; None for NaN or infinity."""
    if error is None or not math.isfinite(error) or error < 0:
        return None
    if error == 0:
        return 0.0
    return rounded(min(max(error, 10.0**-ERROR_DECADES), 9.0 * 10**ERROR_DECADES), 1)


def hidden_checks(problem: Problem, checks: tuple[Check, ...], root: Check | None) -> tuple[Check, ...]:
    """Return a hidden case's checks as they may be shown: which failed, and the mistake and error of `root`."""
    return tuple(_hidden_check(problem, check, root=check is root) for check in checks)


def hidden_exception(raised: Raised) -> str:
    """Return the name to show for an exception in a hidden case: its text could carry inputs out, as a print could."""
    return raised.type_name if raised.type_name in EXCEPTIONS else OTHER_EXCEPTION


def _hidden_check(problem: Problem, check: Check, *, root: bool) -> Check:
    shown = replace(check, message="", expected=None, actual=None, error=None, symptom=None)
    if check.passed or not root:
        return replace(shown, mistake=None, message="" if check.passed else f"the check `{check.id}` failed")
    message = problem.mistake(check.mistake).message if check.mistake else f"the check `{check.id}` failed"
    error = rounded_error(check.error)
    off = f" (off by about {error:.0e})" if error else ""
    return replace(shown, message=message + off, error=error)
