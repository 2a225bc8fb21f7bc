"""The ids of a text's headings, and its contents: the headings of level 2."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

PREFIX, CONTENTS = "anchor_prefix", "contents"  # of the environment that a text is rendered with
MOST_SECTIONS = 40  # in a list of contents
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading of level 2: the id of its element, and its text."""

    anchor: str
    title: str


def anchors(texts: list[str]) -> list[str]:
    """Return the ids of headings, made as code hosts make them: lower case, hyphens, numbered where one repeats."""
    seen: Counter[str] = Counter()
    found = []
    for text in texts:
        slug = _NOT_IN_ANCHORS.sub("", text.lower()).replace(" ", "-")
        found.append(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


def give_anchors(state: StateCore) -> None:
    """Give every heading an id, after the prefix in the environment, and add the sections to the list there."""
    headings = [at for at, token in enumerate(state.tokens) if token.type == "heading_open"]
    texts = [_text(state.tokens[at + 1].children or ()) for at in headings]
    for at, title, anchor in zip(headings, texts, anchors(texts), strict=True):
        anchor = state.env.get(PREFIX, "") + anchor
        state.tokens[at].attrSet("id", anchor)
        contents = state.env.get(CONTENTS, [])
        if state.tokens[at].tag == "h2" and len(contents) < MOST_SECTIONS:
            contents.append(Section(anchor=anchor, title=title))


def _text(tokens: Sequence[Token]) -> str:
    return "".join(each.content for each in tokens)
