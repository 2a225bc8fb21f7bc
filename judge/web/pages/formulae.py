"""Formulae in Markdown, written as TeX between dollar signs, as MathML that browsers draw without a script.

    $\\theta$                       within a line
    $$\\theta - \\eta \\nabla L$$   on lines of its own

A formula that can't be read, or is too long, stays what its author wrote, as code. Elements and attributes that are not
known to be harmless are left out.
"""

from functools import lru_cache
from html import unescape
from typing import Any
from xml.etree import ElementTree

from latex2mathml.converter import convert_to_element
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from mdit_py_plugins.dollarmath import dollarmath_plugin

MOST_CHARACTERS = 500  # of one formula
CACHED = 512  # formulae
ELEMENTS = frozenset(
    "math mrow mi mn mo mtext mspace msup msub msubsup mfrac msqrt mroot mover munder munderover mtable mtr mtd mstyle "
    "mpadded mphantom menclose".split()
)
ATTRIBUTES = frozenset(
    "display stretchy fence form separator lspace rspace minsize maxsize width height depth accent linethickness "
    "mathvariant columnalign rowspacing columnspacing movablelimits scriptlevel displaystyle notation".split()
)


def enable_formulae(markdown: MarkdownIt) -> None:
    """Let `markdown` draw formulae. A dollar sign beside a space or a digit is a dollar sign."""
    dollarmath_plugin(markdown, allow_labels=False, allow_space=False, allow_digits=False, allow_blank_lines=False)
    markdown.add_render_rule("math_inline", _within_a_line)
    markdown.add_render_rule("math_block", _as_a_block)


@lru_cache(maxsize=CACHED)
def mathml(tex: str, *, block: bool = False) -> str | None:
    """Return the MathML of a formula, or None if it can't be read or has more than MOST_CHARACTERS."""
    if len(tex) > MOST_CHARACTERS:
        return None
    try:
        element = convert_to_element(tex, display="block" if block else "inline")
    except Exception:  # the converter raises whatever its parser meets
        return None
    _only_harmless(element)
    element.set("alttext", tex)
    return ElementTree.tostring(element, encoding="unicode")


def _only_harmless(element: ElementTree.Element) -> None:
    for each in element.iter():
        if each.tag.rpartition("}")[2] not in ELEMENTS:
            each.tag = "mrow"
        for name in [name for name in each.attrib if name not in ATTRIBUTES]:
            del each.attrib[name]
        each.text = unescape(each.text) if each.text else None  # the converter names characters as HTML does


def _within_a_line(_renderer: Any, tokens: Any, index: int, *_rest: object) -> str:
    tex = tokens[index].content
    return mathml(tex) or f"<code>{escapeHtml(tex)}</code>"


def _as_a_block(_renderer: Any, tokens: Any, index: int, *_rest: object) -> str:
    """Render a formula on lines of its own. It can be scrolled sideways, so the keyboard must reach it."""
    tex = tokens[index].content.strip()
    drawn = mathml(tex, block=True)
    if drawn is None:
        return f'<pre tabindex="0"><code>{escapeHtml(tex)}</code></pre>\n'
    return f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{drawn}</div>\n'
