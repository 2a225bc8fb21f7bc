"""The sentence by which assistive technology announces a verdict, and the words of a page's title."""

from judge.report import Report
from judge.store.records import LIVE
from judge.verdict import Verdict
from judge.web.pages.text import visible, words
from judge.web.pages.view import ResultView, word

MOST_REASON_CHARACTERS = 160  # a longer reason is cut: it is on the page, where it can be read at leisure


def headline(view: ResultView) -> str:
    """Return the verdict, or the status while there is none, in the words of a title: `Wrong answer`."""
    if view.samples_only and word(view) == Verdict.ACCEPTED:
        return "Samples passed"
    return words(word(view))


def announcement(view: ResultView) -> str:
    """Return the verdict in a sentence or two; an empty text while it is awaited.

    `Wrong answer: 3 of 12 cases passed. The first layer moved.`
    """
    if view.status in LIVE:
        return ""
    report = view.report_object
    if report is None:
        return f"{headline(view)}."
    counts = _counts(report)
    return " ".join(filter(None, [f"{headline(view)}{': ' if counts else ''}{counts}.", _reason(report)]))


def _counts(report: Report) -> str:
    summary = report.summary
    return f"{summary.passed} of {summary.total} cases passed" if report.cases and summary.total else ""


def _reason(report: Report) -> str:
    text = " ".join(visible(report.cause.message if report.cause else report.message).replace("`", "").split())
    if report.verdict is Verdict.ACCEPTED or not text:
        return ""
    if len(text) > MOST_REASON_CHARACTERS:
        text = text[:MOST_REASON_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
