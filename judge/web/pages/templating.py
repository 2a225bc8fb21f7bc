"""Jinja: the environment of the templates, and the filters that they use. Knows no request.

Helper processes draw with it too, so it imports neither a web framework nor a database.
"""

import math
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from judge.report import Report
from judge.verdict import CaseResult, Check
from judge.web.pages import charts, text
from judge.web.pages.comparison import Comparison, as_html, compare
from judge.web.pages.highlighting import highlight_python
from judge.web.pages.view import provenance_rows, word
from judge.web.pages.waiting_words import waiting_sentence, waiting_title

TEMPLATES = Path(__file__).parent.parent / "templates"
NUMBERS = re.compile(r"(?<![\w.])[-+]?\d[\d.,]*(e[-+]?\d+)?")


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
        self.environment.globals["asset"] = asset
        self.environment.filters.update(
            ago=text.ago,
            comparison=comparison,
            duration=text.duration,
            error_size=text.error_size,
            inline=text.inline,
            json_text=as_html,
            leaf_rows=charts.leaf_rows,
            ordinal=text.ordinal,
            pictured_case=pictured_case,
            provenance_rows=provenance_rows,
            reveal=text.reveal,
            row_texts=row_texts,
            sentence=text.sentence,
            short_number=text.short_number,
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
    """Return the case whose model is drawn: of those with leaves, the first that failed, or else the first."""
    shown = report.cases if report.counterexample is None else (report.counterexample, *report.cases)
    drawable = [case for case in shown if case.leaves]
    return next((case for case in drawable if case.verdict != "accepted"), drawable[0] if drawable else None)


def row_texts(report: Report) -> dict[str, str]:
    """Return the text of each case's row, by name: its message, or the earlier case that it repeats but for numbers."""
    first_cases: dict[str, str] = {}  # by message without its numbers
    texts = {}
    for case in report.cases:
        message = case.message or next((check.message for check in case.checks if not check.passed), "")
        earlier = first_cases.setdefault(NUMBERS.sub("#", message), case.name)
        texts[case.name] = message if not message or earlier == case.name else f"same as {earlier}"
    return texts


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
