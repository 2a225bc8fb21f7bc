"""The documents in a browser: one click away, readable on a phone, to assistive technology, and without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.test_looks import grave

PHONE = (360, 740)
DOCUMENTS = ("", "/solving", "/api", "/operating", "/contributing")  # the last two have the widest tables


def test_help_is_one_click_away_and_a_link_in_it_leads_to_its_heading(page: Page) -> None:
    page.goto("/status")
    page.get_by_role("link", name="Help").click()
    page.get_by_role("link", name="Solving a problem").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Solving a problem")
    page.get_by_role("link", name="HTTP API").click()
    page.get_by_role("link", name="judge submit", exact=True).click()
    expect(page).to_have_url(page.url.split("/help")[0] + "/help/cli#judge-submit")
    expect(page.locator("#judge-submit")).to_be_in_viewport()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_fits_a_phone_and_has_no_serious_finding_without_scripts(
    visit: Callable[..., BrowserContext], name: str
) -> None:
    width, height = PHONE
    page = visit(width=width, height=height).new_page()
    page.goto(f"/help{name}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert grave(page) == []
    plain = visit(width=width, height=height, java_script_enabled=False).new_page()
    plain.goto(f"/help{name}")
    expect(plain.get_by_role("heading", level=1)).to_be_visible()
    expect(plain.get_by_role("button")).to_be_hidden()
