"""The templates, and the words that they use: every filter of a page is listed here."""

import gzip
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from judge.evidence import Value
from judge.verdict import CaseResult, Check, Report
from judge.web.pages import pictures, text, values
from judge.web.pages.assets import Assets
from judge.web.pages.security import new_nonce, page_headers
from judge.web.pages.shown import provenance_rows, word
from judge.web.pages.statement import highlight_python

TEMPLATES = Path(__file__).parent.parent / "templates"
THEME_COOKIE = "judge_theme"  # written by the page's own script
THEMES = {"light", "dark"}
NUMBERS = re.compile(r"(?<![\w.])[-+]?\d[\d.,]*(e[-+]?\d+)?")
PACKING_LEVEL = 5  # of gzip's 9: most of the gain for a fifth of the time


class Renderer:
    """Draws templates; `page` answers a request with one."""

    def __init__(self, assets: Assets) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals["asset"] = assets.url
        self.environment.filters.update(
            ago=text.ago,
            array_text=values.array_text,
            comparison=comparison,
            duration=text.duration,
            error_size=text.error_size,
            inline=text.inline,
            json_text=values.as_html,
            leaf_rows=pictures.leaf_rows,
            ordinal=text.ordinal,
            pictured_case=pictured_case,
            provenance_rows=provenance_rows,
            python=python,
            reveal=text.reveal,
            row_texts=row_texts,
            shapes=shapes,
            short_number=text.short_number,
            visible=text.visible,
            word=word,
            words=text.words,
        )

        for name in self.environment.list_templates():
            self.environment.get_template(name)  # compiled now, and not while the first visitor waits

    def page(self, request: Request, template: str, status_code: int = 200, **context: Any) -> HTMLResponse:
        """A whole page with its headers. `theme` and `nonce` are there in every template."""
        nonce = new_nonce()
        theme = request.cookies.get(THEME_COOKIE, "")
        html = self.environment.get_template(template).render(
            {"theme": theme if theme in THEMES else "", "nonce": nonce, "here": "", **context}
        )
        return _packed(request, html.encode(), status_code, page_headers(nonce))

    def part(self, template: str, macro: str, *arguments: Any) -> str:
        """One macro of a template, for a piece of a page that is sent later."""
        module = self.environment.get_template(template).make_module()
        return str(getattr(module, macro)(*arguments))


def _packed(request: Request, body: bytes, status_code: int, headers: dict[str, str]) -> HTMLResponse:
    headers = {**headers, "Vary": "Accept-Encoding, Cookie"}
    # A page holds no lasting secret (the nonce is this answer's alone), so its compressed size gives nothing away.
    if "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, PACKING_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status_code=status_code, headers=headers)


def comparison(check: Check) -> values.Comparison:
    """The two values of a check, entry by entry."""
    return values.compare(check.expected, check.actual)


def pictured_case(report: Report) -> CaseResult | None:
    """The case whose model is drawn: the first that failed, or else the first, of those that have leaves."""
    seen = [case for case in report.cases if case.leaves]
    return next((case for case in seen if case.verdict != "accepted"), seen[0] if seen else None)


def row_texts(report: Report) -> dict[str, str]:
    """What each case's row says, by name: its trouble, or which earlier case had the same but for numbers."""
    told: dict[str, str] = {}  # what a message says apart from its numbers, and the first case that says it
    texts = {}
    for case in report.cases:
        message = case.message or next((check.message for check in case.checks if not check.passed), "")
        earlier = told.setdefault(NUMBERS.sub("#", message), case.name)
        texts[case.name] = message if not message or earlier == case.name else f"as in {earlier}"
    return texts


def python(source: str) -> Markup:
    """Python text as coloured HTML."""
    return Markup("\n").join(highlight_python(source))


def shapes(inputs: Mapping[str, Value]) -> str:
    """The inputs of a case in a few words: `x 8 by 3 · y 8 by 2 · lr 0.1`."""
    shown = (
        f"{name} {' by '.join(map(str, np.shape(value)))}" if np.ndim(value) else f"{name} {value:g}"
        for name, value in inputs.items()
        if np.ndim(value) or isinstance(value, int | float | np.generic)
    )
    return " · ".join(shown)
