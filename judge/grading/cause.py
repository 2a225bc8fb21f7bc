"""Finds the one cause of a verdict among everything that failed: what a learner should correct first.

checks that failed in the first failing case ──> mistakes ──without those that others explain──> the root
                                                                                                  │
                            message of the mistake, and the number of its check that proves it ───┘
"""

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

import numpy as np

from judge.case import SAMPLE, Case
from judge.checking.symptoms import VAGUE
from judge.error_catalogue import recognise
from judge.evidence import Raised
from judge.grading.decision import Decision
from judge.grading.disclosure import hidden_exception
from judge.grading.swapped_update import swapped_update
from judge.grading.time_up import sentence
from judge.problems.problem import Problem
from judge.sandbox.box import Ending
from judge.submission import lines_of
from judge.verdict import CaseResult, Cause, CauseKind, Check, Verdict

UNCHANGED_STARTER = "unchanged-starter"
NO_ENTRY = "EntryPointError"  # raised in the box where the program lacks the function
NEAR = 1e-4  # relative: a factor this close to a whole number counts as one
LARGEST_FACTOR = 4096
MOST_NAMES = 3  # of functions in one sentence
_ENDINGS: Mapping[Ending, str] = {  # advice, by how a box ended a program
    Ending.EXITED: "Return the result; don't end the process.",
    Ending.CPU_LIMIT: "Look for a loop that doesn't end, or that does the same work again for each row.",
    Ending.WALL_LIMIT: "It waited for something that never came: a sleep, a lock, a thread.",
    Ending.MEMORY_LIMIT: "Look for an array that grows with each step, or that is as large as rows times rows.",
    Ending.OUTPUT_LIMIT: "Print less, and return numbers only.",
    Ending.FORBIDDEN: "There are no files to write, no network and no other processes here.",
}


def root_check(problem: Problem, checks: Sequence[Check]) -> Check | None:
    """Return the failed check to be shown first; None if none failed.

    It is one whose mistake no other check's mistake explains, and rather one whose mistake was recognised by its own
    values than one that is named for any difference. Checks without a mistake come last, in the author's order. Of a
    hidden case's checks as they are shown, it is the one of which more is shown than that it failed.
    """
    failed = [check for check in checks if not check.passed]
    explained = set[str]()
    for check in failed:
        explained |= explained_by(problem, check.mistake)
    masked = all(check.symptom is None for check in failed)
    ranks = [
        (check.mistake is None, check.mistake in explained, check.symptom in VAGUE or (masked and check.error is None))
        for check in failed
    ]
    return failed[ranks.index(min(ranks))] if failed else None


def explained_by(problem: Problem, mistake: str | None) -> set[str]:
    """Return the ids of the mistakes that follow from `mistake`, by `explains` in problem.toml, however far."""
    found = set[str]()
    pending = [mistake] if mistake else []
    while pending:
        table = problem.manifest.mistakes.get(pending.pop())
        fresh = set(table.explains) - found - {mistake} if table else set[str]()
        found |= fresh
        pending += fresh
    return found


def cause_of(
    problem: Problem, cases: Sequence[Case], results: Sequence[CaseResult], decision: Decision, source: str
) -> Cause | None:
    """Return the cause of the verdict on the program `source`; None if it is accepted."""
    if decision.verdict is Verdict.ACCEPTED:
        return None
    first = decision.first
    if is_starter(source, problem.starter):
        message = "you haven't changed the starter yet"
        return Cause(id=UNCHANGED_STARTER, kind=CauseKind.ENDING, message=message, case=first.name if first else None)
    if decision.raised is not None:
        return _of_exception(problem, decision.raised, first, source)
    assert first is not None
    if (root := root_check(problem, first.checks)) is not None:
        if (swapped := swapped_update(first, root, source)) is not None:
            return swapped
        first, root = _explaining(problem, results, first, root)
        inputs = next((case.inputs for case in cases if case.name == first.name), {})
        return _of_check(problem, first, root, inputs if first.group == SAMPLE else {})
    ending = first.ending or str(Ending.KILLED)
    return Cause(
        id=ending.replace("_", "-"),
        kind=CauseKind.ENDING,
        message=first.message,
        proof=sentence(decision.last_stack, source) if decision.last_stack else "",
        hint=_ENDINGS.get(Ending(ending), ""),
        line=decision.line,
        case=first.name,
    )


def _explaining(
    problem: Problem, results: Sequence[CaseResult], first: CaseResult, root: Check
) -> tuple[CaseResult, Check]:
    """Return the case and check whose mistake explains that of `root`, where a later case has one; else these two."""
    for case in results:
        other = root_check(problem, case.checks)
        if other is not None and root.mistake in explained_by(problem, other.mistake):
            return case, other
    return first, root


def _of_check(problem: Problem, case: CaseResult, root: Check, inputs: Mapping[str, object]) -> Cause:
    others = [check for check in case.checks if not check.passed and check is not root]
    follow = [each for check in others for each in (check.mistake, check.id) if each and each != root.mistake]
    proof = root.message if case.group == SAMPLE else f"off by about {root.error:.0e}" if root.error else ""
    if factor := factor_of(root.actual, root.expected):
        proof = proof.partition("; allowed: ")[0] + factor_in_words(factor, inputs)  # which is beside the point then
    if root.mistake is None:
        kind, name, message, hint = CauseKind.CHECK, root.id, proof or f"the check `{root.id}` failed", ""
        proof = ""
    else:
        mistake = problem.mistake(root.mistake)
        kind, name, message, hint = CauseKind.MISTAKE, mistake.id, mistake.message, mistake.hint
        proof = "" if proof == message else proof
    return Cause(
        id=name,
        kind=kind,
        message=message,
        proof=proof,
        hint=hint,
        case=case.name,
        explains=tuple(dict.fromkeys(follow)),
    )


def _of_exception(problem: Problem, raised: Raised, first: CaseResult | None, source: str) -> Cause:
    """Return the cause for an exception, explained by the catalogue; one of a hidden case has its name alone."""
    line, case = raised.line or None, first.name if first else None
    kind = CauseKind.EXCEPTION
    if first is not None and first.group != SAMPLE:
        return Cause(id="exception", kind=kind, message=hidden_exception(raised), line=line, case=case)
    text = f"{raised.type_name}: {raised.message}"
    if first is None and raised.type_name == NO_ENTRY:  # while it loads: a program may raise one of that name later
        hint, line = _defined(problem.entry, source)
        return Cause(id="entry-point", kind=kind, message=raised.message, hint=hint, line=line)
    lines = lines_of(source)
    code = lines[raised.line - 1] if 0 < raised.line <= len(lines) else ""
    found = recognise(raised.type_name, raised.message, code, problem.error_entries)
    if found is None:
        return Cause(id="exception", kind=kind, message=text, line=line, case=case)
    return Cause(
        id=found.id,
        kind=kind,
        message=found.message,
        proof=text,
        hint=found.hint,
        link=found.link or "",
        line=line,
        case=case,
    )


def _defined(entry: str, source: str) -> tuple[str, int | None]:
    """Return what the program defines instead of `entry`, as a sentence, and the line of the likeliest function.

    Of `entry` itself, if it is defined and can't be called as it should, there is the line alone.
    """
    functions = {
        found[1]: number
        for number, line in enumerate(lines_of(source), 1)
        if (found := re.match(r"(?:async )?def (\w{1,80})\(", line))
    }
    if entry in functions or not functions:
        return "", functions.get(entry)
    likely = get_close_matches(entry, functions, 1) or list(functions)[:MOST_NAMES]
    named = ", ".join(f"`{name}` (line {functions[name]})" for name in likely)
    return f"Your file defines {named}. The function must be called `{entry}`.", functions[likely[0]]


def factor_of(actual: object, expected: object) -> int | None:
    """Return n where a number is n times the expected one, or -n where it is the nth part; None for other values."""
    if not isinstance(actual, int | float) or not isinstance(expected, int | float) or not actual or not expected:
        return None
    try:
        ratios = actual / expected, expected / actual
    except OverflowError:  # of whole numbers
        return None
    for sign, value in zip((1, -1), ratios, strict=True):
        whole = round(value) if np.isfinite(value) else 0
        if 2 <= whole <= LARGEST_FACTOR and abs(value - whole) <= NEAR * whole:
            return sign * whole
    return None


def factor_in_words(factor: int, inputs: Mapping[str, object]) -> str:
    """Return the factor as the end of a sentence, with what it is in the inputs: the size of `y`, 8 rows x 2."""
    times = f": {factor} times the expected one" if factor > 0 else f": 1/{-factor} of the expected one"
    arrays = {name: np.shape(value) for name, value in inputs.items() if isinstance(value, np.ndarray)}
    for name, shape in arrays.items():
        if len(shape) > 1 and np.prod(shape) == abs(factor):
            return f"{times}, and {' x '.join(map(str, shape))} = {abs(factor)} is the size of `{name}`"
    for name, shape in arrays.items():
        if shape and shape[0] == abs(factor):
            return f"{times}, and `{name}` has {shape[0]} rows"
        if len(shape) > 1 and shape[-1] == abs(factor):
            return f"{times}, and `{name}` has {shape[-1]} columns"
    return times


def is_starter(source: str, starter: str) -> bool:
    """Return True if `source` is the starter, but for comments on lines of their own, and for white space."""
    return _code(source) == _code(starter)


def _code(source: str) -> list[str]:
    lines = (line.strip() for line in lines_of(source))
    return [line for line in lines if line and not line.startswith("#")]
