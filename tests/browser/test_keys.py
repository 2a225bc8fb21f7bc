"""Keys: anywhere on the problem's page, shown and working per platform, and a whole solution without a pointer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import QUICK, SLUG, await_verdict, open_problem, paper, write

Visit = Callable[..., BrowserContext]

POINTERS = """
  window.pointers = 0;
  for (const type of ["pointerdown", "mousedown", "touchstart"]) addEventListener(type, () => window.pointers++, true);
"""


def on(visit: Visit, platform: str) -> Page:
    """Return the problem's page on another platform."""
    context = visit()
    context.add_init_script(f"Object.defineProperty(navigator, 'platform', {{ get: () => '{platform}' }})")
    page = context.new_page()
    open_problem(page)
    return page


@pytest.mark.parametrize(
    ("platform", "shown", "key", "works", "other"),
    [
        ("MacIntel", "Cmd", "Meta", "Meta", "Alt"),
        ("MacIntel", "Cmd", "Meta", "Control", "Alt"),  # a Mac has both, and notebooks there use this one
        ("Linux x86_64", "Ctrl", "Control", "Control", "Meta"),
    ],
)
def test_each_platform_has_its_own_key_in_the_editor_and_outside(
    visit: Visit, platform: str, shown: str, key: str, works: str, other: str
) -> None:
    page = on(visit, platform)
    assert page.get_by_role("button", name="Run samples").inner_text().split() == ["Run", "samples", shown, "'"]
    assert page.locator(".keys").inner_text().startswith(f"{shown} Enter: submit")
    expect(page.locator("#submit")).to_have_attribute("aria-keyshortcuts", f"{key}+Enter")
    write_with(page, key, QUICK)
    for focus in (".cm-content", ".reading"):
        page.locator(focus).focus()
        for action in ("Enter", "'"):
            page.keyboard.press(f"{other}+{action}")
        expect(page.locator("#message")).not_to_contain_text("…")
        page.keyboard.press(f"{works}+'")
        await_verdict(page, "wrong_answer")
        expect(page.locator("#strip li")).to_have_count(3)
        page.evaluate("document.getElementById('result').remove()")


def write_with(page: Page, key: str, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press(f"{key}+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def test_the_plain_text_area_has_the_same_keys(page: Page) -> None:
    page.route("**/build/editor.js", lambda route: route.abort())
    page.goto(f"/problems/{SLUG}")
    expect(page.locator(".editor.ready")).to_be_visible()
    area = page.get_by_role("textbox", name="Your solution in Python")
    area.fill(QUICK)
    area.press("Control+'")
    await_verdict(page, "wrong_answer")
    expect(page.locator("#strip li")).to_have_count(3)


def test_a_question_mark_lists_the_keys_but_not_while_typing(page: Page) -> None:
    open_problem(page)
    keys = page.get_by_role("dialog", name="Keys")
    write(page, "what = ")
    page.keyboard.type("?")
    expect(keys).to_be_hidden()
    expect(page.locator(".cm-content")).to_contain_text("what = ?")
    page.locator(".reading").focus()
    page.keyboard.press("?")
    expect(keys).to_be_visible()
    expect(keys.get_by_role("button", name="Close")).to_be_focused()
    expect(keys.get_by_role("row", name="Ctrl Enter Submit")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#result")).to_have_count(0)  # nothing is sent from behind the list
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(page.locator(".reading")).to_be_focused()
    page.get_by_role("button", name="Keys ?").press("Enter")
    keys.get_by_role("button", name="Close").press("Enter")
    expect(keys).to_be_hidden()


def test_from_the_list_to_accepted_by_keyboard_alone(page: Page) -> None:
    page.context.add_init_script(POINTERS)
    page.goto("/")
    tab_to(page, "document.activeElement.textContent === 'Freeze the first layer'")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/problems/{SLUG}")
    expect(page.locator(".editor.ready")).to_be_visible()
    tab_to(page, "document.activeElement.getAttribute('href') === '#source'")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(paper("wrong_answer/bias-trains"))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    tab_to(page, "document.activeElement.id === 'submit'")
    page.keyboard.press("Enter")
    await_verdict(page, "wrong_answer")
    expect(page.locator("#submit")).to_be_focused()
    tab_to(page, "document.activeElement.closest('.case') !== null")  # what is wrong can be read
    page.keyboard.press("Shift+Tab")
    tab_to(page, "document.activeElement.classList.contains('cm-content')", backwards=True)
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(paper("accepted/eager"))
    page.evaluate("document.getElementById('result').remove()")
    page.keyboard.press("Control+Enter")
    await_verdict(page, "accepted")
    expect(page.locator(".cm-content")).to_be_focused()
    expect(page).to_have_title("Accepted · Freeze the first layer · judge")
    assert page.evaluate("window.pointers") == 0


def tab_to(page: Page, condition: str, *, backwards: bool = False) -> None:
    """Press Tab until `condition` holds."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate(condition):
            return
    raise AssertionError(f"Tab does not come to {condition}")
