"""The verdict for those who don't see the page: announced once, in the title, and without taking the focus away."""

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.conftest import QUICK, SLUG, VERDICT_MS, await_verdict, open_problem, paper, write
from tests.browser.server import Server
from tests.browser.test_live import SOON, post

TITLE = "Freeze the first layer · judge"
LISTEN = """() => {
  window.announced = [];
  const region = document.getElementById("announcer");
  const note = () => window.announced.push(region.textContent);
  new MutationObserver(note).observe(region, { childList: true, characterData: true, subtree: true });
}"""
LIVE_REGIONS = "[role=status], [role=alert], [role=log], [aria-live]:not([aria-live=off])"

Visit = Callable[..., BrowserContext]


def announced(page: Page) -> list[str]:
    """Return what the live region has said since LISTEN."""
    return [text for text in page.evaluate("window.announced") if text]


def test_the_verdict_is_announced_once_and_is_in_the_title_until_the_next_edit(page: Page) -> None:
    open_problem(page)
    expect(page).to_have_title(TITLE)
    write(page, paper("wrong_answer/bias-trains"))
    page.evaluate(LISTEN)
    page.keyboard.press("Control+Enter")
    await_verdict(page, "wrong_answer")
    expect(page).to_have_title(f"Wrong answer · {TITLE}")
    page.wait_for_timeout(300)
    sentence = "Wrong answer: 0 of 12 cases passed. l1.bias moved: the mask matched only the kernel."
    assert announced(page) == ["Submitting…", sentence]
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.type(" ")
    expect(page).to_have_title(TITLE)
    page.keyboard.press("Control+'")
    await_verdict(page, "wrong_answer")
    expect(page).to_have_title(f"Wrong answer · {TITLE}")
    page.keyboard.press("Control+'")
    expect(page).to_have_title(TITLE)


def test_one_live_region_outside_of_all_that_is_replaced(page: Page) -> None:
    open_problem(page)
    write(page, QUICK)
    page.keyboard.press("Control+'")
    await_verdict(page, "wrong_answer")
    regions = page.locator(f":is({LIVE_REGIONS}):not(.cm-editor *):not([popover] *)")
    expect(regions).to_have_count(1)
    expect(regions).to_have_id("announcer")
    expect(page.locator("main #announcer")).to_have_count(0)


def test_the_button_that_was_pressed_keeps_the_focus_and_sends_once(page: Page) -> None:
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    open_problem(page)
    write(page, SOON)
    for name in ("Run samples", "Submit"):
        sent.clear()
        page.evaluate("document.getElementById('result')?.remove()")
        button = page.get_by_role("button", name=name)
        button.focus()
        for _ in range(3):
            page.keyboard.press("Enter")
        page.keyboard.press("Control+Enter")
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(button).to_be_focused()
        await_verdict(page, "wrong_answer")
        expect(button).to_have_attribute("aria-disabled", "false")
        expect(button).to_be_focused()
        assert len(sent) == 1


def test_focus_in_a_result_that_is_replaced_goes_to_its_pane(page: Page) -> None:
    open_problem(page)
    write(page, QUICK)
    page.keyboard.press("Control+'")
    await_verdict(page, "wrong_answer")
    page.locator("#result summary").first.focus()
    page.evaluate("document.getElementById('result').id = 'earlier'")
    page.keyboard.press("Control+'")
    await_verdict(page, "wrong_answer")
    expect(page.locator("#output")).to_be_focused()


def test_the_submissions_page_announces_the_verdict_once(page: Page, server: Server) -> None:
    submission = post(server, SOON, page)
    page.goto(f"/submissions/{submission}")
    page.evaluate(LISTEN)
    await_verdict(page, "wrong_answer")
    expect(page).to_have_title(f"Wrong answer · {TITLE}", timeout=VERDICT_MS)
    [sentence] = announced(page)
    assert sentence.startswith("Wrong answer: 0 of 12 cases passed.")
    expect(page.locator(LIVE_REGIONS)).to_have_count(1)


def test_without_scripts_the_title_of_the_submissions_page_has_the_verdict(visit: Visit, server: Server) -> None:
    page = visit(java_script_enabled=False).new_page()
    submission = post(server, QUICK, page)
    httpx.get(f"{server.url}/api/submissions/{submission}?wait=60", timeout=90)
    page.goto(f"/submissions/{submission}")
    expect(page).to_have_title(f"Wrong answer · {TITLE}", timeout=VERDICT_MS)


def test_links_skip_to_the_content_the_editor_and_the_result(page: Page) -> None:
    open_problem(page)
    for presses, name, focused in ((2, "Skip to the editor", ".cm-content"), (3, "Skip to the result", "#output")):
        page.goto(f"/problems/{SLUG}")
        expect(page.locator(".editor.ready")).to_be_visible()
        for _ in range(presses):
            page.keyboard.press("Tab")
        link = page.get_by_role("link", name=name)
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()
        page.keyboard.press("Enter")
        expect(page.locator(focused)).to_be_focused()


def test_without_scripts_the_link_to_the_editor_reaches_the_text_area(visit: Visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.insert_text("typed = 1\n")
    expect(page.get_by_role("textbox", name="Your solution in Python")).to_have_value(re.compile("typed = 1"))


def test_a_marked_line_leaves_the_verdict_in_sight_on_a_phone(visit: Visit) -> None:
    page = visit(width=390, height=844).new_page()
    open_problem(page)
    write(page, "def freeze_first_dense(seed, x, y, lr):\n    return absent\n")
    page.get_by_role("button", name="Run samples").click()
    await_verdict(page, "runtime_error")
    expect(page.locator(".cm-lintRange-error")).to_have_count(1)
    page.wait_for_timeout(600)  # as long as a smooth scroll takes
    expect(page.locator("#verdict")).to_be_in_viewport()
