"""A problem's texts as HTML: Markdown by markdown-it-py, its code by Pygments, its formulae as MathML.

Of a statement also: its sections for a list of contents, and its first words for those who find the page elsewhere.

    ```python                      <div class="snippet copyable" id="snippet-1" data-snippet="1">
    import jax              ->       <div class="snippet-actions">buttons</div>
    ```                              <pre tabindex="0"><code>...</code></pre>
                                   </div>

Every block of code has the button that copies it; the Python blocks of a statement are numbered. Those marked
`python run` have one that runs them, for pages with a form of the id `snippets`.
"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import TextLexer, get_lexer_by_name
from pygments.util import ClassNotFound

from judge.problems.snippets import MOST_SNIPPETS, RUN
from judge.web.pages.code_links import enable_code_links
from judge.web.pages.formulae import enable_formulae
from judge.web.pages.headings import CONTENTS, PREFIX, Section, give_anchors

CACHED = 256  # texts, rendered
PYTHON = frozenset({"python", "py", "python3"})  # languages of blocks that are numbered
RUNNABLE = "runnable snippets"  # of the environment: the number of blocks that can be run so far
SNIPPETS = "snippets"  # of the environment: the number of Python blocks so far
RUN_BUTTON = '<button class="button run-snippet" form="snippets" name="number" value="{}">Run</button>'
SUMMARY_CHARACTERS = 160  # as much as search engines and previews show
STATEMENT = "statement-"  # begins the ids of a statement's headings, which share their page with other parts


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement as HTML, its sections, and its beginning as plain text."""

    html: Markup
    sections: tuple[Section, ...]
    summary: str


@lru_cache(maxsize=CACHED)
def render_statement(text: str) -> Statement:
    """Render a statement. Raw HTML in it stays text.

    The page has the title, so a heading of level 1 that opens the text is left out, and others are of level 2.
    """
    environment: dict[str, Any] = {PREFIX: STATEMENT, CONTENTS: [], SNIPPETS: 0, RUNNABLE: 0}
    markdown = _markdown()
    tokens = markdown.parse(text, environment)
    html = Markup(markdown.renderer.render(tokens, markdown.options, environment))  # noqa: S704 - raw HTML is escaped
    return Statement(html=html, sections=tuple(environment[CONTENTS]), summary=_summary(tokens))


@lru_cache(maxsize=CACHED)
def render_markdown(text: str) -> Markup:
    """Render a text that is shown beside a statement, as its solution is: without ids. Raw HTML in it stays text."""
    return Markup(_markdown().render(text))  # noqa: S704 - html=False: markdown-it escapes all that is not Markdown


def make_markdown() -> MarkdownIt:
    """Return a renderer of Markdown with tables and coloured code, in which raw HTML stays text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.core.ruler.push("one_title", _one_title)
    markdown.add_render_rule("fence", _fence)
    return markdown


def shortened(text: str) -> str:
    """Return the first words of a text, at most SUMMARY_CHARACTERS."""
    words = " ".join(text.split())
    return words if len(words) <= SUMMARY_CHARACTERS else f"{words[: SUMMARY_CHARACTERS - 1].rpartition(' ')[0]}…"


def summary_of_markdown(text: str) -> str:
    """Return the first paragraph of a text, shortened, without its marks."""
    return _summary(make_markdown().parse(text))


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    """Return the renderer of problems' texts."""
    markdown = make_markdown()
    markdown.core.ruler.push("anchors", _sections_of_statements)
    enable_formulae(markdown)
    enable_code_links(markdown)
    return markdown


def _sections_of_statements(state: StateCore) -> None:
    if PREFIX in state.env:
        give_anchors(state)


def _summary(tokens: Sequence[Token]) -> str:
    paragraphs = (tokens[at + 1].children or () for at, token in enumerate(tokens) if token.type == "paragraph_open")
    first: Sequence[Token] = next(paragraphs, ())
    return shortened("".join(each.content or (" " if "break" in each.type else "") for each in first))


def _fence(
    _renderer: Any, tokens: Sequence[Token], index: int, _options: Any, environment: MutableMapping[str, Any]
) -> str:
    """Render a block of code. It can be scrolled sideways, so the keyboard must reach it."""
    token = tokens[index]
    info = " ".join(token.info.split())
    language = info.removesuffix(" run") if info == RUN else info
    number = run = output = ""
    if SNIPPETS in environment and language in PYTHON:
        environment[SNIPPETS] += 1
        number = ' id="snippet-{0}" data-snippet="{0}"'.format(environment[SNIPPETS])
        if info == RUN and environment[RUNNABLE] < MOST_SNIPPETS:
            environment[RUNNABLE] += 1
            run = RUN_BUTTON.format(environment[RUNNABLE])
            output = '<pre class="snippet-output" tabindex="0" aria-label="Printed" hidden></pre>'
    button = '<button class="button copy needs-js" type="button" data-copy><span data-copy-label>Copy</span></button>'
    return (
        f'<div class="snippet copyable"{number}><div class="snippet-actions">{run}{button}</div>'
        f'<pre tabindex="0"><code>{_highlight_block(token.content, language)}</code></pre>{output}</div>\n'
    )


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
