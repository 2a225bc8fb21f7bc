"""JUnit XML as CI servers read it: a suite a submission, a test a case.

Its schema is junit-10.xsd of Jenkins' xUnit plugin: https://github.com/jenkinsci/xunit-plugin
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from judge.export.public import PublicReport
from judge.verdict import Verdict

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that XML 1.0 can't hold


def suites(reports: Sequence[PublicReport]) -> str:
    """Return the document. Where the judge failed, a suite has one test with an error, and none with a failure."""
    root = ElementTree.Element("testsuites")
    for report in reports:
        _add_suite(root, report)
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, "unicode", xml_declaration=True) + "\n"


def _add_suite(root: ElementTree.Element, report: PublicReport) -> None:
    by_judge = report.verdict is Verdict.JUDGE_ERROR
    cases = () if by_judge else report.cases
    failed = [case for case in cases if case.verdict is not Verdict.ACCEPTED]
    alone = report.verdict is not Verdict.ACCEPTED and not failed  # nothing ran: the submission itself is the test
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=_text(report.name),
        tests=str(len(cases) + alone),
        failures=str(0 if by_judge else len(failed) + alone),
        errors=str(int(by_judge)),
        skipped="0",
        time=f"{report.seconds:.3f}",
    )
    for case in cases:
        test = _add_test(suite, report, case.name, case.seconds)
        if case.verdict is not Verdict.ACCEPTED:
            text = report.explanation if case.name == report.summary.first_failure else case.message
            _add_reason(test, "failure", case.verdict, case.message, text)
    if alone:
        test = _add_test(suite, report, "submission", report.seconds)
        _add_reason(test, "error" if by_judge else "failure", report.verdict, report.message, report.explanation)


def _add_test(suite: ElementTree.Element, report: PublicReport, name: str, seconds: float) -> ElementTree.Element:
    return ElementTree.SubElement(
        suite, "testcase", classname=_text(report.problem), name=_text(name), time=f"{seconds:.3f}"
    )


def _add_reason(test: ElementTree.Element, kind: str, verdict: Verdict, message: str, text: str) -> None:
    reason = ElementTree.SubElement(test, kind, message=_text(message), type=str(verdict))
    reason.text = _text(text)


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
