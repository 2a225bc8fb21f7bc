"""A problem's statement as HTML: Markdown by markdown-it-py, its code by Pygments."""

from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound

CACHED = 256  # statements, rendered


@lru_cache(maxsize=CACHED)
def render_markdown(text: str) -> Markup:
    """Render Markdown with tables as HTML. Raw HTML in it stays text.

    The page has the title, so a heading of level 1 that opens the text is left out, and others are of level 2.
    """
    return Markup(_markdown().render(text))  # noqa: S704 - html=False: markdown-it escapes all that is not Markdown


def make_markdown() -> MarkdownIt:
    """Return a renderer of Markdown with tables and coloured code, in which raw HTML stays text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.core.ruler.push("one_title", _one_title)
    markdown.add_render_rule("fence", _fence)
    return markdown


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return make_markdown()


def _fence(_renderer: RendererHTML, tokens: Sequence[Token], index: int, *_rest: object) -> str:
    """Render a block of code. It can be scrolled sideways, so the keyboard must reach it."""
    token = tokens[index]
    return f'<pre tabindex="0"><code>{_highlight_block(token.content, token.info.strip())}</code></pre>\n'


def _highlight_block(code: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language, stripnl=False) if language else TextLexer(stripnl=False)
    except ClassNotFound:
        return escapeHtml(code)
    return str(highlight(code, lexer, HtmlFormatter(nowrap=True)))


def _one_title(state: StateCore) -> None:
    if state.tokens and state.tokens[0].type == "heading_open" and state.tokens[0].tag == "h1":
        del state.tokens[:3]  # opened, its text, closed
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"
