"""Programs that must be refused: trivial ones, and mutants of the reference."""

from collections import Counter
from collections.abc import Iterator, Mapping

from judge.exam.mutants import mutants
from judge.exam.names import KNOWN_RULES
from judge.exam.report import Finding, Part
from judge.exam.sitting import Sitting
from judge.exam.trivial import trivial_programs
from judge.problems.manifest import EquivalentMutant
from judge.report import Report
from judge.verdict import Verdict

EQUIVALENT = "equivalent"


def refuse_trivial(sitting: Sitting) -> Iterator[Finding]:
    """Check that every trivial program is refused."""
    programs = list(trivial_programs(sitting.problem, sitting.expected[0].value))
    for program, report in zip(programs, sitting.grade("trivial program", programs), strict=True):
        yield _refusal(Part.TRIVIAL, program.name, report)


def refuse_mutants(sitting: Sitting) -> tuple[tuple[Finding, ...], Mapping[str, int]]:
    """Check that every mutant is refused or listed as equivalent.

    Returns the findings, and the number of mutants by verdict, or `equivalent`.
    """
    made = sorted(mutants(sitting.problem), key=lambda mutant: mutant.line)
    listed = sitting.problem.manifest.equivalent_mutants
    used: set[int] = set()
    findings: list[Finding] = []
    ends: Counter[str] = Counter()
    reports = sitting.grade("mutant", [mutant.program for mutant in made])
    for mutant, report in zip(made, reports, strict=True):
        entries = [i for i, entry in enumerate(listed) if mutant.is_listed(entry)]
        if entries and report.verdict is Verdict.ACCEPTED:
            used.update(entries)
            ends[EQUIVALENT] += 1
        else:
            findings.append(_refusal(Part.MUTANTS, mutant.name, report))
            ends[report.verdict.value] += 1
    findings += (_stale(entry) for i, entry in enumerate(listed) if i not in used and entry.rule in KNOWN_RULES)
    return tuple(findings), dict(ends)


def _refusal(part: Part, subject: str, report: Report) -> Finding:
    """Check that a wrong program was refused, and that by a verdict and not by a fault of the judge."""
    message = ""
    if report.verdict is Verdict.ACCEPTED:
        message = "accepted, but it is wrong: no check fails"
    elif report.verdict is Verdict.JUDGE_ERROR:
        message = f"could not be judged: {report.message}"
    return Finding(part=part, subject=subject, passed=not message, message=message)


def _stale(entry: EquivalentMutant) -> Finding:
    message = "problem.toml lists it as equivalent, but no such mutant is accepted: take the entry out"
    return Finding(part=Part.MUTANTS, subject=f"{entry.rule} {entry.at}".strip(), passed=False, message=message)
