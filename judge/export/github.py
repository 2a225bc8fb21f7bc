"""Annotations of a GitHub workflow, and the summary of its step.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Sequence

from judge.export.public import PublicReport
from judge.verdict import Verdict


def annotations(reports: Sequence[PublicReport]) -> str:
    """Return one workflow command a line: a notice for what is accepted, an error for what is not."""
    return "".join(f"{_command(report)}\n" for report in reports)


def step_summary(reports: Sequence[PublicReport]) -> str:
    """Return a table in Markdown."""
    lines = ["| file | verdict | cases | why |", "|---|---|---|---|"]
    for report in reports:
        cases = f"{report.summary.passed}/{report.summary.total}"
        why = "" if report.verdict is Verdict.ACCEPTED else report.explanation.replace("\n", " ")
        lines.append(f"| {_cell(report.name)} | {report.verdict} | {cases} | {_cell(why)} |")
    return "\n".join(lines) + "\n"


def _command(report: PublicReport) -> str:
    right, by_judge = report.verdict is Verdict.ACCEPTED, report.verdict is Verdict.JUDGE_ERROR
    kind = "notice" if right else "warning" if by_judge else "error"
    properties = {"file": report.name, "title": f"{report.problem}: {report.verdict}"}
    if report.summary.line:
        properties["line"] = str(report.summary.line)
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{kind} {shown}::{_data(report.message if right else report.explanation)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _cell(text: str) -> str:
    for character in "\\`*_{}[]<>()#+!|~":
        text = text.replace(character, "\\" + character)
    return " ".join(text.split())
