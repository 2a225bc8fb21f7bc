"""Every page has a description, and only public ones an address for search engines."""

import pytest

from judge.web.pages.page_meta import PRIVATE, PUBLIC, SITE
from judge.web.pages.templating import TEMPLATES

PAGES = {path.name for path in TEMPLATES.glob("*.html")} - {"base.html"}


def test_every_page_has_a_description_of_its_own() -> None:
    assert set(PUBLIC) | set(PRIVATE) == PAGES
    assert not set(PUBLIC) & set(PRIVATE)


@pytest.mark.parametrize("text", sorted({*PUBLIC.values(), *PRIVATE.values()}))
def test_a_description_is_a_short_sentence(text: str) -> None:
    assert 15 <= len(text) <= 160
    assert text.endswith(".")


def test_the_list_says_what_the_site_is() -> None:
    assert PUBLIC["problems.html"] == SITE
