"""The templates, and the words that they use: every filter of a page is listed here. Knows no request.

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

from judge.evidence import Value
from judge.verdict import CaseResult, Check, Report
from judge.web.pages import charts, text
from judge.web.pages.comparison import Comparison, as_html, compare
from judge.web.pages.highlighting import highlight_python
from judge.web.pages.view import provenance_rows, word

TEMPLATES = Path(__file__).parent.parent / "templates"
NUMBERS = re.compile(r"(?<![\w.])[-+]?\d[\d.,]*(e[-+]?\d+)?")


class Drawing:
    """Draws templates; `asset` gives the URL of a file of ours by its name."""

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
            short_number=text.short_number,
            visible=text.visible,
            word=word,
            words=text.words,
        )

    def whole(self, template: str, context: Mapping[str, Any]) -> str:
        """A whole template."""
        return self.environment.get_template(template).render(context)

    def part(self, template: str, macro: str, *arguments: Any) -> str:
        """One macro of a template, for a piece of a page."""
        return str(getattr(self.environment.get_template(template).module, macro)(*arguments))


def comparison(check: Check) -> Comparison:
    """The two values of a check, entry by entry."""
    return compare(check.expected, check.actual)


def pictured_case(report: Report) -> CaseResult | None:
    """The case whose model is drawn: the first that failed, or else the first, of those that have leaves."""
    seen = [case for case in report.cases if case.leaves]
    return next((case for case in seen if case.verdict != "accepted"), seen[0] if seen else None)


def row_texts(report: Report) -> dict[str, str]:
    """Return the text of each case's row, by name: its trouble, or which earlier case had the same but for numbers."""
    told: dict[str, str] = {}  # what a message says apart from its numbers, and the first case that says it
    texts = {}
    for case in report.cases:
        message = case.message or next((check.message for check in case.checks if not check.passed), "")
        earlier = told.setdefault(NUMBERS.sub("#", message), case.name)
        texts[case.name] = message if not message or earlier == case.name else f"as in {earlier}"
    return texts


def python(source: str) -> Markup:
    """Python text of an author as coloured HTML."""
    return Markup("\n").join(highlight_python(source, math.inf))


def shapes(inputs: Mapping[str, Value]) -> str:
    """The inputs of a case in a few words: `x 8 by 3 · y 8 by 2 · lr 0.1`."""
    shown = (
        f"{name} {' by '.join(map(str, np.shape(value)))}" if np.ndim(value) else f"{name} {value:g}"
        for name, value in inputs.items()
        if np.ndim(value) or isinstance(value, int | float | np.generic)
    )
    return " · ".join(shown)
