"""The documents speak plain English, and the README stays short."""

import re
from pathlib import Path

import pytest

from tests.helpers.write_examples import PART

ROOT = Path(__file__).parents[3]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob(".github/**/*.md")])
BANNED = (
    r"told|tells?|hears?|heard|news|noughts|stands twice|is none|has not (?:a|an|the|any|one)\b|to be had|by itself"
    r"|sends? home|sent home|worn|clothes|curtain|(?<!there )is no (?!longer|more\b|place)\w+"
)
FOR_LEARNERS = ("docs/solving.md",)
HOUSE = r"zygote|lanes?|fork|box|packs?|lookalike|mutant|canary|evidence|handover|rejudge|allowance|prefault|slots?"
README_LINES = 120


def prose(path: Path) -> str:
    """A document without code and without what the judge generated."""
    text = PART.sub("", path.read_text(encoding="utf-8"))
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def found(words: str, text: str) -> list[str]:
    return [match[0] for match in re.finditer(rf"\b({words})\b", text, re.IGNORECASE)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_has_no_banned_word(path: Path) -> None:
    assert found(BANNED, prose(path)) == []


def test_the_list_finds_what_it_should() -> None:
    assert found(BANNED, "It told us. Nothing is heard; this is no name. News, by itself!") == [
        "told", "heard", "is no name", "News", "by itself",
    ]  # fmt: skip
    assert found(BANNED, "It is no longer there; there is no newspaper that has not been read.") == []


@pytest.mark.parametrize("name", FOR_LEARNERS)
def test_learners_meet_no_word_of_the_house(name: str) -> None:
    assert found(HOUSE, prose(ROOT / name)) == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= README_LINES
