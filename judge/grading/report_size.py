"""Cuts a report that is too long: a program of 2 KB must not be able to store megabytes that every reader is sent.

The parts that teach least are cut first; each cut is named in `Report.omitted`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from judge.reasons import Omission, OmissionId
from judge.report import MAX_REPORT_BYTES, Report
from judge.verdict import CaseResult, Check

OUTPUT_CHARACTERS = 8_000  # of stdout and stderr each, in a report that is too long
MESSAGE_CHARACTERS = 500  # of any one sentence
_Cut: TypeAlias = Callable[[Report], Report]


def fit(report: Report) -> Report:
    """Return `report` with at most MAX_REPORT_BYTES of JSON; parts that were cut are named in its `omitted`."""
    for reason, sentence, cut in _CUTS:
        if size_of(report) <= MAX_REPORT_BYTES:
            return report
        shorter = cut(report)
        if shorter != report:
            report = replace(shorter, omitted=(*report.omitted, Omission(id=reason, message=sentence)))
    return report


def size_of(report: Report) -> int:
    """Return the size of the report's JSON in bytes, as it is stored and sent."""
    return len(json.dumps(report.to_json()))


def _without_output(report: Report) -> Report:
    cases = tuple(replace(case, stdout=_cut(case.stdout)) for case in report.cases)
    stdout, stderr = (_cut(text, OUTPUT_CHARACTERS) for text in (report.stdout, report.stderr))
    return replace(report, cases=cases, stdout=stdout, stderr=stderr)


def _without_passed_values(report: Report) -> Report:
    return _with_checks(report, lambda check: replace(check, expected=None, actual=None) if check.passed else check)


def _without_leaves(report: Report) -> Report:
    first = next((case for case in report.cases if case.verdict != "accepted"), None)
    cases = tuple(case if case is first else replace(case, leaves=()) for case in report.cases)
    return replace(report, cases=cases)


def _without_values(report: Report) -> Report:
    cases = tuple(replace(case, returned=None, expected=None) for case in report.cases)
    return _with_checks(replace(report, cases=cases), lambda check: replace(check, expected=None, actual=None))


def _without_details(report: Report) -> Report:
    cases = tuple(replace(case, message=_cut(case.message), inputs=None, leaves=()) for case in report.cases)
    short = replace(report, cases=cases, message=_cut(report.message), traceback=_cut(report.traceback, 4_000))
    return _with_checks(short, lambda check: replace(check, message=_cut(check.message)))


def _without_checks(report: Report) -> Report:
    cases = tuple(replace(case, checks=(), stdout="") for case in report.cases)
    return replace(report, cases=cases, stdout="", stderr="")


def _without_cases(report: Report) -> Report:
    return replace(report, cases=report.cases[:1], mistakes=report.mistakes[:8], traceback="")


def _without_public_case(report: Report) -> Report:
    return replace(report, counterexample=None, reproduction=None)


_CUTS: tuple[tuple[OmissionId, str, _Cut], ...] = (
    (OmissionId.OUTPUT, f"what it printed beyond {OUTPUT_CHARACTERS:,} characters", _without_output),
    (OmissionId.PASSED_VALUES, "values of checks that passed", _without_passed_values),
    (OmissionId.LEAVES, "the parameters of all cases but the first that failed", _without_leaves),
    (OmissionId.VALUES, "expected and actual values", _without_values),
    (
        OmissionId.PUBLIC_CASE,
        "the public case that fails alike, and the program that repeats it",
        _without_public_case,
    ),
    (OmissionId.DETAILS, "inputs, and the ends of long messages", _without_details),
    (OmissionId.CHECKS, "checks, and what it printed", _without_checks),
    (OmissionId.CASES, "all cases but the first", _without_cases),
)


def _with_checks(report: Report, change: Callable[[Check], Check]) -> Report:
    def changed(case: CaseResult) -> CaseResult:
        return replace(case, checks=tuple(map(change, case.checks)))

    return replace(report, cases=tuple(map(changed, report.cases)))


def _cut(text: str, most: int = MESSAGE_CHARACTERS) -> str:
    return text if len(text) <= most else text[:most] + f"… {len(text) - most:,} more characters"
