"""Pages on paper: a long source whole, nothing cut, nothing that can't be pressed there, dark on white."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import SLUG, await_verdict, open_problem, paper, write
from tests.browser.sights import LONG_LINE, UNBROKEN, cut, overflow

A4 = (794, 1123)  # pixels of the browser's 96 to the inch
SOURCE = (
    f"{LONG_LINE}\n{UNBROKEN} = 1\n"
    + "".join(f"line_{number} = {number}\n" for number in range(300))
    + "last = 'line'\n"
)
WRONG = paper("wrong_answer/bias-trains")

Visit = Callable[..., BrowserContext]


def on_paper(page: Page) -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_problems_page_prints_the_exercise_and_the_whole_source(visit: Visit, scheme: str) -> None:
    page = visit(*A4, color_scheme=scheme).new_page()
    open_problem(page)
    write(page, SOURCE)
    assert "line_150" not in page.locator(".cm-content").inner_text()  # the editor holds what is in sight
    page.pdf()
    assert page.locator("#paper").text_content() == SOURCE  # the browser says that it is about to print
    on_paper(page)
    expect(page.locator("#paper")).to_be_visible()
    expect(page.locator(".cm-editor")).to_be_hidden()
    for name in ("Run samples", "Submit", "Reset", "Copy", "Full height of the result"):
        assert page.get_by_role("button", name=name).filter(visible=True).count() == 0
    assert cut(page) == []
    assert overflow(page) == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color.match(/\\d+/)[0] < 64")


def test_without_scripts_the_whole_source_is_printed_too(visit: Visit) -> None:
    page = visit(*A4, java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    editor = page.get_by_role("textbox", name="Your solution in Python")
    editor.fill(SOURCE)
    page.emulate_media(media="print")
    box = editor.bounding_box()
    assert box is not None
    assert box["height"] > 300 * 10  # 300 lines, none of them behind a bar
    assert page.locator("#paper").inner_text() == ""


def test_every_page_prints_without_a_part_that_is_cut(visit: Visit) -> None:
    page = visit(*A4).new_page()
    reports = []
    for source, verdict in ((SOURCE, "compile_error"), (WRONG + SOURCE.replace(UNBROKEN, "y"), "wrong_answer")):
        open_problem(page)
        write(page, source)
        page.keyboard.press("Control+'")
        await_verdict(page, verdict)
        reports.append(str(page.get_by_role("link", name="Open the full report").get_attribute("href")))
    for address in (f"/problems/{SLUG}", *reports, "/", "/submissions", "/status", "/help", "/problems/unknown"):
        page.goto(address)
        page.locator("details").evaluate_all("(all) => all.forEach((each) => (each.open = true))")
        on_paper(page)
        assert cut(page) == [], address
        assert overflow(page) == 0, address
        expect(page.locator("header.top")).to_be_hidden()
        if address in reports:
            expect(page.locator("#source")).to_contain_text("last = 'line'")
        page.emulate_media(media="screen")
