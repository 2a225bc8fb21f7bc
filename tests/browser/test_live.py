"""A verdict as it arrives: cases that fill in, the place in the queue, nothing that jumps, a judge that restarts."""

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import QUICK, SLUG, VERDICT_MS, await_verdict, open_problem, paper, write
from tests.browser.server import Server

WRONG = paper("wrong_answer/bias-trains")
SLOW = QUICK.replace("    return", "    import time\n\n    time.sleep(0.4)\n    return")  # each of the 12 cases
SOON = SLOW.replace("0.4", "0.2")
SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: false });
}"""


def post(server: Server, source: str, page: Page) -> str:
    """Send by the API what the page's visitor may read; the id."""
    visitor = {"judge_visitor": "x" * 27}
    page.context.add_cookies([{"name": name, "value": value, "url": server.url} for name, value in visitor.items()])
    body = {"problem": SLUG, "source": source}
    answer = httpx.post(f"{server.url}/api/submissions", json=body, cookies=visitor, timeout=20)
    assert answer.status_code == 201
    return str(answer.json()["id"])


def test_nothing_moves_when_the_verdict_arrives_beside_the_editor(page: Page) -> None:
    open_problem(page)
    write(page, WRONG)
    page.keyboard.press("Control+'")
    expect(page.locator("#result")).to_be_visible()
    page.wait_for_timeout(700)  # a shift within half a second of a key is no shift by the browser's count
    page.evaluate(SHIFTS)
    await_verdict(page, "wrong_answer")
    expect(page.locator(".leaves")).to_be_visible()
    page.wait_for_timeout(200)
    assert page.evaluate("window.shifted") == 0


def test_nothing_moves_when_the_verdict_arrives_on_the_submissions_page(page: Page, server: Server) -> None:
    submission = post(server, SLOW, page)
    page.goto(f"/submissions/{submission}")
    page.evaluate(SHIFTS)
    await_verdict(page, "wrong_answer")
    expect(page.get_by_role("heading", name="Judged with")).to_be_visible()
    page.wait_for_timeout(200)
    assert page.evaluate("window.shifted") == 0


def test_who_waits_sees_the_place_in_the_queue_and_then_the_cases_one_after_another(page: Page, server: Server) -> None:
    post(server, SLOW, page)
    post(server, SOON, page)
    submission = post(server, SOON, page)
    page.goto(f"/submissions/{submission}")
    expect(page.locator("#verdict")).to_contain_text("second in the queue")
    expect(page.locator("#verdict")).to_contain_text("next in the queue", timeout=VERDICT_MS)
    expect(page.locator("#strip .v-pending")).to_have_count(12)
    page.evaluate(
        """() => {
          window.seen = new Set();
          const look = () => window.seen.add(document.querySelectorAll("#strip .v-wrong_answer").length);
          new MutationObserver(look).observe(document.querySelector("[data-live]"), { childList: true, subtree: true });
        }"""
    )
    await_verdict(page, "wrong_answer")
    assert len(page.evaluate("[...window.seen]")) > 3


@pytest.mark.storm
def test_a_restart_while_waiting_ends_in_the_verdict(page: Page, server: Server) -> None:
    open_problem(page)
    write(page, SLOW)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#verdict")).to_contain_text("Running")
    server.kill()
    try:
        expect(page.locator("#message")).to_contain_text("can't be reached")
    finally:
        server.start(until="/livez")
    await_verdict(page, "wrong_answer")
    expect(page.locator("#message")).to_contain_text("Open the full report")


def test_a_draft_is_kept_when_the_judge_cannot_be_reached(page: Page, server: Server) -> None:
    open_problem(page)
    write(page, QUICK)
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#message")).to_contain_text("can't be reached. Your draft is saved")
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    await_verdict(page, "wrong_answer")
