"""A snippet of a statement is run in a box, and what it printed is shown below it."""

from collections.abc import Callable

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SLUG, VERDICT_MS, open_problem
from tests.browser.server import Server

PATHS = ["['l1', 'bias'] (4,)", "['l1', 'kernel'] (3, 4)", "['l2', 'bias'] (2,)", "['l2', 'kernel'] (4, 2)"]

Visit = Callable[..., BrowserContext]


def test_a_snippet_shows_what_it_prints_and_counts_as_no_attempt(page: Page) -> None:
    open_problem(page)
    page.get_by_role("button", name="Run", exact=True).first.click()
    output = page.locator(".snippet-output").first
    expect(output).to_contain_text("(3, 4)", timeout=VERDICT_MS)
    assert [
        line.replace(", GetAttrKey(name='value')", "") for line in output.inner_text().strip().splitlines()
    ] == PATHS
    expect(page.locator("#result")).to_have_count(0)  # the editor's own result is another
    page.goto(f"/problems/{SLUG}/attempts")
    expect(page.locator("main")).not_to_contain_text("Attempt 1")


def test_without_scripts_a_snippet_leads_to_what_it_printed(visit: Visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    page.get_by_role("button", name="Run", exact=True).first.click()
    expect(page.locator("#result")).to_contain_text("(3, 4)", timeout=VERDICT_MS)


def test_a_number_that_is_none_of_the_snippets_is_refused(server: Server) -> None:
    for number in ("0", "2", "x", ""):
        answer = httpx.post(
            f"{server.url}/problems/{SLUG}/snippets", data={"number": number}, headers={"Accept": "application/json"}
        )
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:judge:unknown-snippet"), answer.text
