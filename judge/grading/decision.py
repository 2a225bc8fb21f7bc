"""Decides verdicts: of an exception, of a job that ended early, and of the whole submission.

what happened                                        verdict
every reply came, every check passed                 accepted
a check failed in some case                          that of the first case that is not accepted
the code raised, or the box ended it, in some case   that of this case
the source did not load                              compile_error, or what its exception means
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judge.case import Case
from judge.evidence import Raised
from judge.grading.disclosure import case_time
from judge.sandbox.box import TIME_LIMITS, Ending, LastStack, Outcome
from judge.verdict import CaseResult, Verdict

VERDICTS: Mapping[Ending, Verdict] = {
    Ending.NOT_LOADED: Verdict.COMPILE_ERROR,
    Ending.RAISED_AT_LOAD: Verdict.RUNTIME_ERROR,
    Ending.EXITED: Verdict.RUNTIME_ERROR,
    Ending.KILLED: Verdict.RUNTIME_ERROR,
    Ending.FORBIDDEN: Verdict.RUNTIME_ERROR,
    Ending.BAD_REPLY: Verdict.RUNTIME_ERROR,
    Ending.CPU_LIMIT: Verdict.TIME_LIMIT_EXCEEDED,
    Ending.WALL_LIMIT: Verdict.TIME_LIMIT_EXCEEDED,
    Ending.MEMORY_LIMIT: Verdict.MEMORY_LIMIT_EXCEEDED,
    Ending.OUTPUT_LIMIT: Verdict.OUTPUT_LIMIT_EXCEEDED,
}
OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "Out of memory")  # XLA's words for MemoryError


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The verdict of a submission and what explains it.

    `first` is the first case that is not accepted, `raised` the exception that decided, if there is one, `last_stack`
    where the program was if a limit of time decided.
    """

    verdict: Verdict
    first: CaseResult | None = None
    raised: Raised | None = None
    last_stack: LastStack | None = None

    @property
    def line(self) -> int | None:
        """Return the line of the source at which it was decided, where that is known."""
        if self.raised is not None:
            return self.raised.line or None
        return self.last_stack.frames[-1].line if self.last_stack else None


def verdict_of(raised: Raised) -> Verdict:
    """Return the verdict of code that let out this exception."""
    if raised.type_name == "MemoryError" or any(words in raised.message for words in OUT_OF_MEMORY):
        return Verdict.MEMORY_LIMIT_EXCEEDED
    return Verdict.OUTPUT_LIMIT_EXCEEDED if raised.type_name == "TooLarge" else Verdict.RUNTIME_ERROR


def complete(cases: Sequence[Case], results: Sequence[CaseResult], outcome: Outcome) -> tuple[CaseResult, ...]:
    """Return `results`, and that of the case in which the job ended before it replied, if there is such a case."""
    loaded = outcome.raised is None
    if outcome.ending is Ending.FINISHED or not loaded or len(results) >= len(cases):
        return tuple(results)
    case = cases[len(results)]
    ended = CaseResult(
        name=case.name,
        group=case.group,
        verdict=VERDICTS[outcome.ending],
        message=outcome.detail,
        ending=str(outcome.ending),
        time_ms=case_time(case, max(0.0, outcome.wall_ms - sum(result.time_ms for result in results))),
    )
    return (*results, ended)


def decide(results: Sequence[CaseResult], raised: Sequence[Raised | None], outcome: Outcome) -> Decision:
    """Return the decision on a job.

    Args:
        results: those of the cases that ran, in order, made whole by `complete`.
        raised: the exception of each reply, or None; one less than `results` where the last case gave no reply.
        outcome: how the job ended; where its `raised` is set, the source did not load.
    """
    at = next((at for at, result in enumerate(results) if result.verdict is not Verdict.ACCEPTED), None)
    first = results[at] if at is not None else None
    if outcome.raised:
        verdict = verdict_of(outcome.raised)
        if verdict is Verdict.RUNTIME_ERROR:  # no limit: then how it failed to load says more
            verdict = VERDICTS[outcome.ending]
        return Decision(verdict=verdict, first=first, raised=outcome.raised)
    if at is None or first is None:
        return Decision(verdict=Verdict.ACCEPTED)
    ended = first.ending is not None and outcome.ending in TIME_LIMITS
    return Decision(
        verdict=first.verdict,
        first=first,
        raised=raised[at] if at < len(raised) else None,
        last_stack=outcome.last_stack if ended else None,
    )
