"""A row a submission, as RFC 4180 has it, for spreadsheets."""

import csv
import io
import re
from collections.abc import Sequence

from judge.export.public import PublicReport

COLUMNS = (
    "file",
    "problem",
    "verdict",
    "score",
    "passed",
    "total",
    "first_failure",
    "cause",
    "message",
    "hint",
    "line",
    "seconds",
)
_INNER_FORMULA = re.compile(r"([;|\t])(?=[=+\-@])")  # where one of these separates cells
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is computed where a spreadsheet opens it


def rows(reports: Sequence[PublicReport]) -> str:
    """Return the table with its header. Where the judge failed, the score is empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for report in reports:
        summary = report.summary
        writer.writerow(
            [
                text_cell(report.name),
                text_cell(report.problem),
                report.verdict,
                report.score,
                summary.passed,
                summary.total,
                text_cell(summary.first_failure or ""),
                text_cell(summary.cause or ""),
                text_cell(report.message),
                text_cell(summary.hint),
                summary.line,
                f"{report.seconds:.3f}",
            ]
        )
    return buffer.getvalue()


def text_cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet computes."""
    text = _INNER_FORMULA.sub(r"\1'", text)
    return "'" + text if text.startswith(_FORMULA) else text
