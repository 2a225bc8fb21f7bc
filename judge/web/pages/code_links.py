"""Links from the functions that a text names in code to their official documentation, once in each section."""

from collections.abc import MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from judge.web.pages.documented_names import names_in

LINKS = "links"  # of a token's meta: where names begin and end, and their addresses


def enable_code_links(markdown: MarkdownIt) -> None:
    """Let `markdown` link documented names in inline code."""
    markdown.core.ruler.push("code_links", _find_names)
    markdown.add_render_rule("code_inline", _render)


def _find_names(state: StateCore) -> None:
    """Note the first mention of each name in a section. Headings and texts of links get none."""
    linked: set[str] = set()
    is_heading = False
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            is_heading = token.type == "heading_open"
            linked = linked if token.tag != "h2" else set()
        elif token.children and not is_heading:
            _note(token.children, linked)


def _note(tokens: Sequence[Token], linked: set[str]) -> None:
    depth = 0
    for token in tokens:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "code_inline" or depth:
            continue
        links = []
        for start, end, address in names_in(token.content):
            if address not in linked:
                linked.add(address)
                links.append((start, end, address))
        token.meta[LINKS] = links


def _render(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: MutableMapping[str, Any]) -> str:
    token, done, pieces = tokens[index], 0, []
    for start, end, address in token.meta.get(LINKS, ()):
        pieces += [escapeHtml(token.content[done:start]), _link(token.content[start:end], address)]
        done = end
    return f"<code>{''.join(pieces)}{escapeHtml(token.content[done:])}</code>"


def _link(name: str, address: str) -> str:
    """Return a link that opens beside the exercise, and says so to those who don't see its arrow."""
    note = f" (documentation, at {urlsplit(address).netloc}, in a new tab)"
    opening = f'<a class="external" href="{escapeHtml(address)}" target="_blank" rel="noopener external">'
    return f'{opening}{escapeHtml(name)}<span class="hidden-text">{note}</span></a>'
