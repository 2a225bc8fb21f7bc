"""The formats by name, each a function of reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from judge.export import github, gradescope, junit, tables
from judge.export.gradescope import NoResult
from judge.export.public import PublicReport

__all__ = ["FORMATS", "Format", "NoResult"]


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format: what it is for, its media type, and the function that writes it.

    `write` may raise NoResult where the judge failed. `single` formats take one report.
    """

    meaning: str
    media_type: str
    write: Callable[[Sequence[PublicReport]], str]
    single: bool = False


FORMATS: Mapping[str, Format] = {
    "gradescope": Format(
        meaning="results.json of a Gradescope autograder, for one file",
        media_type="application/json",
        write=lambda reports: gradescope.results(reports[0]),
        single=True,
    ),
    "junit": Format(meaning="JUnit XML, as CI servers read it", media_type="application/xml", write=junit.suites),
    "github": Format(
        meaning="annotations of a GitHub workflow; its step summary too, in $GITHUB_STEP_SUMMARY",
        media_type="text/plain; charset=utf-8",
        write=github.annotations,
    ),
    "csv": Format(meaning="a row a file, for spreadsheets", media_type="text/csv; charset=utf-8", write=tables.rows),
}
