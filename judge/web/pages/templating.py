"""Jinja: the environment of the templates, and the filters that they use. Knows no request.

Helper processes draw with it too, so it imports neither a web framework nor a database.
"""

import math
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from judge.report import Report
from judge.verdict import CaseResult, Check
from judge.web.pages import text
from judge.web.pages.announcement import announcement, headline
from judge.web.pages.case_groups import MOST_CASES, cases_of, checks_of
from judge.web.pages.comparison import Comparison, as_html, compare
from judge.web.pages.highlighting import highlight_python
from judge.web.pages.leaf_layers import leaf_picture
from judge.web.pages.tensor import python_text
from judge.web.pages.view import provenance_rows, word
from judge.web.pages.waiting_words import waiting_sentence, waiting_title

TEMPLATES = Path(__file__).parent.parent / "templates"
MOST_INPUTS = 32  # of one case
ROWS_ALONE, ROWS_BESIDE_PICTURE = 7, 2  # of values that are open from the start; a picture shows most of them itself


class Drawing:
    """Draws templates. `asset` returns the URL of one of our own files by its name."""

    def __init__(self, asset: Callable[[str], str]) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.environment.globals.update(
            asset=asset, MOST_CASES=MOST_CASES, ROWS_ALONE=ROWS_ALONE, ROWS_BESIDE_PICTURE=ROWS_BESIDE_PICTURE
        )
        self.environment.filters.update(
            ago=text.ago,
            announcement=announcement,
            case_message=case_message,
            cases_of=cases_of,
            checks_of=checks_of,
            comparison=comparison,
            duration=text.duration,
            error_size=text.error_size,
            has_case_rows=has_case_rows,
            headline=headline,
            inline=text.inline,
            json_text=as_html,
            leaf_picture=leaf_picture,
            ordinal=text.ordinal,
            pictured_case=pictured_case,
            provenance_rows=provenance_rows,
            reveal=text.reveal,
            sentence=text.sentence,
            shown_inputs=shown_inputs,
            short_number=text.short_number,
            unsaid=unsaid,
            visible=text.visible,
            waiting_sentence=waiting_sentence,
            waiting_title=waiting_title,
            word=word,
            words=text.words,
        )

    def whole(self, template: str, context: Mapping[str, Any]) -> str:
        """Return a whole template, drawn."""
        return self.environment.get_template(template).render(context)

    def part(self, template: str, macro: str, *arguments: Any) -> str:
        """Draw one macro of a template, for a piece of a page."""
        return str(getattr(self.environment.get_template(template).module, macro)(*arguments))


def comparison(check: Check) -> Comparison:
    """Return the two values of a check, entry by entry."""
    return compare(check.expected, check.actual)


def pictured_case(report: Report) -> CaseResult | None:
    """Return the case whose model is drawn: of those with leaves, the one of the cause or the first that failed."""
    shown = report.cases if report.counterexample is None else (report.counterexample, *report.cases)
    drawable = [case for case in shown if case.leaves]
    failed = [case for case in drawable if case.verdict != "accepted"]
    cause = report.cause.case if report.cause else None
    if report.verdict != "accepted":  # the picture of a case that passed would say that all is well
        return next((case for case in failed if case.name == cause), failed[0] if failed else None)
    return drawable[0] if drawable else None


def has_case_rows(report: Report) -> bool:
    """Return whether the cases of a report say more than its headline: one that ended early has nothing to show."""
    first, *others = [*report.cases, None]
    return first is not None and bool(others[:-1] or first.checks or first.inputs)


def case_message(case: CaseResult) -> str:
    """Return what went wrong in a case, without the tolerance that its check says; or an empty text."""
    message = case.message or next((check.message for check in case.checks if not check.passed), "")
    return message.partition("; allowed: ")[0]


def unsaid(message: str, said: str) -> str:
    """Return what a check's message has beside what is said above it: all, the tolerance alone, or nothing."""
    head, _, tolerance = message.partition("; allowed: ")
    if head not in said:
        return message
    return f"allowed: {tolerance}" if tolerance else ""


def shown_inputs(case: CaseResult) -> list[tuple[str, Markup]]:
    """Return the inputs of a case by name, as Python that makes them again."""
    inputs = islice((case.inputs or {}).items(), MOST_INPUTS)
    return [(name, text.reveal(python_text(value).rstrip())) for name, value in inputs]


def python(source: str) -> Markup:
    """Return an author's Python text as coloured HTML."""
    return Markup("\n").join(highlight_python(source, math.inf))


def shapes(inputs: Mapping[str, Any]) -> str:
    """Return the inputs of a case in a few words: `x (8, 3) · y (8, 2) · lr 0.1`."""
    texts = (
        f"{name} {np.shape(value)}" if np.ndim(value) else f"{name} {value:g}"
        for name, value in inputs.items()
        if np.ndim(value) or isinstance(value, int | float | np.generic)
    )
    return " · ".join(texts)
