"""A document as HTML: Markdown whose relative links lead to other documents of the judge, or nowhere.

[the API](api.md#limits)          -> /help/api#limits        a document that is served
[grader.py](../judge/x/y.py)      -> grader.py               a file of the source tree: its text, without a link
[RFC 9457](https://...)           -> as it is
"""

import posixpath
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from judge.web.documents import Document
from judge.web.pages.headings import give_anchors
from judge.web.pages.statement import make_markdown

HELP = "/help"
_COMMENT = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)  # marks what is generated; not for readers


def url_of(document: Document) -> str:
    """Return the address of a document's page."""
    return f"{HELP}/{document.name}"


def render_document(document: Document, documents: Mapping[str, Document]) -> Markup:
    """Return the HTML of `document` without its title. Raw HTML in it stays text."""
    paths = {str(each.path): url_of(each) for each in documents.values()}
    environment = {"folder": str(document.path.parent), "paths": paths}
    html = _markdown().render(_COMMENT.sub("", document.text), environment)
    return Markup(html)  # noqa: S704 - html=False: markdown-it escapes all that is not Markdown


def link_target(href: str, folder: str, paths: Mapping[str, str]) -> str | None:
    """Return the address that a link in a document of `folder` leads to, None for a file that is not served."""
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path:
        return href
    url = paths.get(posixpath.normpath(posixpath.join(folder, parts.path)))
    return f"{url}#{parts.fragment}" if url and parts.fragment else url


def _markdown() -> MarkdownIt:
    markdown = make_markdown()
    markdown.core.ruler.push("anchors", give_anchors)
    markdown.core.ruler.push("links", _resolve_links)
    return markdown


def _resolve_links(state: StateCore) -> None:
    for token in state.tokens:
        if token.children:
            token.children = _with_links(token.children, state.env["folder"], state.env["paths"])


def _with_links(tokens: list[Token], folder: str, paths: Mapping[str, str]) -> list[Token]:
    """Return the tokens with links to served documents; other relative links and images leave their text."""
    kept: list[Token] = []
    is_dropped = False
    for token in tokens:
        if token.type == "link_open":
            target = link_target(str(token.attrs["href"]), folder, paths)
            is_dropped = target is None
            if target is None:
                continue
            token.attrSet("href", target)
        elif token.type == "link_close" and is_dropped:
            is_dropped = False
            continue
        elif token.type == "image":
            token = Token("text", "", 0, content=token.content)
        kept.append(token)
    return kept
