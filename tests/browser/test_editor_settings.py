"""The editor's settings: chosen in a small panel, kept by the browser; and its keys, with Vim's and without."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SLUG, await_verdict, open_problem, write

Visit = Callable[..., BrowserContext]
MAC = {"user_agent": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}
BROKEN = "def freeze_first_dense(:\n"  # judged in no time


def font_size(page: Page, element: str = ".cm-content") -> float:
    return float(page.locator(element).first.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)"))


def open_settings(page: Page) -> None:
    page.get_by_role("button", name="Editor settings").click()
    expect(page.get_by_role("dialog", name="Editor settings")).to_be_visible()


def test_settings_are_applied_and_survive_a_reload(page: Page) -> None:
    open_problem(page)
    write(page, "x = 1  # " + "long " * 100)
    assert page.locator(".cm-lineWrapping").count() == 0
    before = font_size(page)
    open_settings(page)
    page.get_by_label("Font size").select_option("20")
    page.get_by_label("Wrap long lines").check()
    expect(page.locator(".cm-lineWrapping")).to_be_visible()
    assert font_size(page) == 20 != before
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Editor settings")).to_be_hidden()
    expect(page.get_by_role("button", name="Editor settings")).to_be_focused()
    open_problem(page)
    assert font_size(page) == 20
    expect(page.locator(".cm-lineWrapping")).to_be_visible()
    open_settings(page)
    expect(page.get_by_label("Font size")).to_have_value("20")
    expect(page.get_by_label("Wrap long lines")).to_be_checked()
    page.get_by_label("Font size").select_option("")
    assert font_size(page) == before


@pytest.mark.parametrize(
    "kept", ["no JSON", "null", "[]", '{"size": 900, "wrap": "yes", "vim": 1}', '{"size": "20px; color: red"}']
)
def test_what_other_hands_wrote_into_the_storage_is_ignored(page: Page, kept: str) -> None:
    page.goto("/status")
    page.evaluate("(text) => localStorage.setItem('judge:editor', text)", kept)
    open_problem(page)
    assert 12 < font_size(page) < 16
    assert page.locator(".cm-lineWrapping, .cm-vimMode").count() == 0


def test_vims_keys_are_loaded_when_they_are_chosen_and_the_judges_keys_go_on_working(page: Page) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    open_problem(page)
    write(page, "one\ntwo\n")
    assert not any("/vim-" in url for url in loaded)
    open_settings(page)
    page.get_by_label("Vim keys").check()
    expect(page.locator(".cm-vim-panel")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".cm-content").focus()
    page.keyboard.type("ggddiab")
    page.keyboard.press("Escape")
    assert page.locator(".cm-line").first.inner_text() == "abtwo"
    page.keyboard.type("/two\n")
    page.keyboard.type("D")
    assert page.locator(".cm-line").first.inner_text() == "ab"
    open_problem(page)
    expect(page.locator(".cm-vim-panel")).to_be_visible()
    assert sum("/vim-" in url for url in loaded) == 1 or len({url for url in loaded if "/vim-" in url}) == 1
    page.locator(".cm-content").focus()
    page.keyboard.type("ggdGi" + BROKEN.strip())
    page.keyboard.press("Control+Enter")
    await_verdict(page, "compile_error")
    open_settings(page)
    page.get_by_label("Vim keys").uncheck()
    expect(page.locator(".cm-vim-panel")).to_have_count(0)


def test_where_vims_keys_cannot_be_loaded_the_panel_says_so(page: Page) -> None:
    page.route("**/build/vim-*.js", lambda route: route.abort())
    open_problem(page)
    open_settings(page)
    page.get_by_label("Vim keys").click()
    expect(page.get_by_role("dialog")).to_contain_text("could not be loaded")
    expect(page.get_by_label("Vim keys")).not_to_be_checked()
    write(page, "x = 1")
    expect(page.locator(".cm-content")).to_contain_text("x = 1")


@pytest.mark.parametrize("key", ["Meta+Enter", "Control+Enter"])
def test_on_a_mac_both_keys_submit(visit: Visit, key: str) -> None:
    context = visit(**MAC)
    context.add_init_script("Object.defineProperty(navigator, 'platform', { get: () => 'MacIntel' })")
    page = context.new_page()
    open_problem(page)
    page.locator(".cm-content").click()
    page.keyboard.press("Meta+a")
    page.keyboard.press("Backspace")
    page.keyboard.insert_text(BROKEN)
    page.keyboard.press(key)
    await_verdict(page, "compile_error")
    page.locator(".cm-content").click()
    page.evaluate("document.getElementById('result').remove()")
    page.keyboard.press(key.replace("Enter", "'"))
    await_verdict(page, "compile_error")


def test_text_is_large_enough_for_a_phone_not_to_zoom(visit: Visit) -> None:
    page = visit(width=390, height=844, has_touch=True, is_mobile=True, device_scale_factor=2).new_page()
    page.goto("/")
    page.evaluate("(text) => localStorage.setItem('judge:editor', text)", json.dumps({"size": 12}))
    open_problem(page)
    assert font_size(page) >= 16
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+f")
    assert font_size(page, ".cm-search input") >= 16
    page.keyboard.press("Escape")
    open_settings(page)
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_a_text_area_follows_the_settings_too(page: Page) -> None:
    page.route("**/build/editor.js", lambda route: route.abort())
    page.goto(f"/problems/{SLUG}")
    expect(page.locator(".editor.ready")).to_be_visible()
    open_settings(page)
    page.get_by_label("Font size").select_option("18")
    page.get_by_label("Wrap long lines").check()
    expect(page.get_by_label("Vim keys")).to_be_disabled()
    area = page.get_by_role("textbox", name="Your solution in Python")
    assert area.evaluate("(e) => [getComputedStyle(e).fontSize, getComputedStyle(e).whiteSpace]") == [
        "18px",
        "pre-wrap",
    ]
