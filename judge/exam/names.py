"""Names that one file of a package uses and another must know, which loading the package does not compare."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from judge.evidence import Evidence
from judge.exam.mutation_rules import RULES
from judge.exam.report import Finding, Part
from judge.exam.wrapper_mutants import WRAPPERS
from judge.problems.manifest import FILE, line_of
from judge.problems.problem import Problem
from judge.problems.static_checks import LOOKALIKES
from judge.problems.suggest import did_you_mean

KNOWN_RULES = (*RULES, *WRAPPERS)


def examine_rules(problem: Problem) -> Iterator[Finding]:
    """Check that every rule under [[equivalent_mutants]] is one of the exam's."""
    for index, entry in enumerate(problem.manifest.equivalent_mutants):
        if entry.rule not in KNOWN_RULES:
            text = (problem.folder / FILE).read_text(encoding="utf-8")
            line = line_of(text, ("equivalent_mutants", index, "rule"))
            suggestion = did_you_mean(entry.rule, KNOWN_RULES) or f"; the rules are {', '.join(KNOWN_RULES)}"
            message = f"[[equivalent_mutants]] lists the unknown rule `{entry.rule}`{suggestion}"
            yield Finding(part=Part.PACKAGE, subject=f"{FILE}:{line}", passed=False, message=message)


def examine_lookalikes(problem: Problem, expected: Sequence[Evidence]) -> Iterator[Finding]:
    """Check that problem.toml has every mistake of the reference's `lookalikes`, and check.py asks for every aspect."""
    if not problem.has_lookalikes:
        return
    faults = dict.fromkeys(fault for each in expected for fault in _faults(problem, each.also.get(LOOKALIKES)))
    for fault in faults or ("",):
        yield Finding(part=Part.PACKAGE, subject="reference.py", passed=not fault, message=fault)


def _faults(problem: Problem, given: Any) -> Iterator[str]:
    if not isinstance(given, Mapping):
        yield f"{LOOKALIKES}() returns {_kind(given)}; it should return a dict of mistake -> {{aspect: value}}"
        return
    known = problem.manifest.mistakes
    for mistake in given:
        if mistake not in known:
            yield f"{LOOKALIKES}() names `{mistake}`, which {FILE} does not have{did_you_mean(mistake, known)}"
    if problem.aspects is not None:
        yield from _unasked(given, problem.aspects)


def _unasked(given: Mapping[str, Any], asked: Iterable[str]) -> Iterator[str]:
    givers: dict[str, str] = {}  # aspect -> the first mistake that has it
    for mistake, aspects in given.items():
        if not isinstance(aspects, Mapping):
            yield f"{LOOKALIKES}() gives `{mistake}` {_kind(aspects)}; it should be a dict of aspect -> value"
            continue
        for aspect in aspects:
            givers.setdefault(aspect, mistake)
    for aspect, mistake in givers.items():
        if aspect not in asked:
            suggestion = did_you_mean(aspect, asked)
            yield f"{LOOKALIKES}() gives `{mistake}` the aspect `{aspect}`, which check.py never asks for{suggestion}"


def _kind(value: Any) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"
