"""The workbench at every size: buttons in sight whatever is written, panes that are dragged, and nothing that jumps."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import QUICK, SLUG, await_verdict, open_problem, paper, write
from tests.browser.sights import LONG_SOURCE, out_of_sight, overflow

SIZES = [(320, 640), (390, 844), (768, 1024), (1024, 768), (1440, 900), (1920, 1080)]
QUICK_SIZES = [(320, 640), (1024, 768), (1440, 900)]
KEYBOARD_OPEN = (390, 400)  # the part of a phone's screen above its keyboard
SHIFTS = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""
# The element with the focus, if what lies over its middle is neither it nor a part of it.
COVERED = """() => {
  const focused = document.activeElement;
  const { left, right, top, bottom } = focused.getBoundingClientRect();
  if (bottom - top > innerHeight / 3) return []; // too tall to be seen whole in any case
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return focused === document.body || focused.contains(over) ? [] : [focused.outerHTML.slice(0, 80)];
}"""

Visit = Callable[..., BrowserContext]


def bars(page: Page) -> list[str]:
    """Names of the splitters that this page has at its size."""
    return ["Width of the exercise", "Height of the result"] if page.get_by_role("separator").count() == 2 else []


def look_at_every_place_of_the_bars(page: Page, where: str) -> None:
    faults = {}
    for places in ("", "Home Home", "Home End", "End Home", "End End") if bars(page) else ("",):
        for bar, key in zip(bars(page), places.split(), strict=False):
            page.get_by_role("separator", name=bar).press(key)
        if hidden := out_of_sight(page):
            faults[f"{where}, bars {places}: out of sight"] = hidden
        if overflow(page):
            faults[f"{where}, bars {places}: too wide"] = [str(overflow(page))]
        expect(page.locator(".cm-content")).to_be_visible()
    assert faults == {}


@pytest.mark.parametrize("size", [each if each in QUICK_SIZES else pytest.param(each, marks=pytest.mark.long)
                                  for each in SIZES], ids=str)  # fmt: skip
def test_a_line_of_200_columns_hides_no_button_wherever_the_bars_are(visit: Visit, size: tuple[int, int]) -> None:
    page = visit(*size).new_page()
    open_problem(page)
    assert out_of_sight(page) == []
    write(page, LONG_SOURCE)
    look_at_every_place_of_the_bars(page, str(size))


def test_beside_a_phones_keyboard_the_code_and_the_buttons_are_in_sight(visit: Visit) -> None:
    page = visit(*KEYBOARD_OPEN, has_touch=True, is_mobile=True).new_page()
    open_problem(page)
    write(page, LONG_SOURCE + QUICK)
    assert out_of_sight(page) == []
    assert overflow(page) == 0
    cursor = page.locator(".cm-cursor-primary").bounding_box()
    bar = page.locator(".actions").bounding_box()
    assert cursor is not None
    assert bar is not None
    assert cursor["y"] >= 0
    assert cursor["y"] + cursor["height"] <= bar["y"]
    viewport = str(page.locator("meta[name=viewport]").get_attribute("content"))
    assert "interactive-widget=resizes-content" in viewport


def test_a_keyboard_laid_over_the_page_lifts_the_buttons(visit: Visit) -> None:
    context = visit(390, 844, has_touch=True, is_mobile=True)
    context.add_init_script(
        """const seen = Object.assign(new EventTarget(), { scale: 1, offsetTop: 0, height: 844 });
           Object.defineProperty(window, "visualViewport", { value: seen });"""
    )
    page = context.new_page()
    open_problem(page)
    page.evaluate("Object.assign(visualViewport, { height: 500 }).dispatchEvent(new Event('resize'))")
    bar = page.locator(".actions").bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] == pytest.approx(500, abs=1)
    page.evaluate("Object.assign(visualViewport, { height: 300, scale: 2 }).dispatchEvent(new Event('resize'))")
    assert out_of_sight(page) == []  # two fingers zoom, and no keyboard is there
    assert page.locator(".actions").bounding_box()["y"] > 700


@pytest.mark.parametrize("size", [*QUICK_SIZES, KEYBOARD_OPEN], ids=str)
def test_without_scripts_the_form_has_its_own_column_and_its_buttons_are_in_sight(
    visit: Visit, size: tuple[int, int]
) -> None:
    page = visit(*size, java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    editor = page.get_by_role("textbox", name="Your solution in Python")
    editor.fill(LONG_SOURCE)
    box, width = editor.bounding_box(), size[0]
    assert box is not None
    assert box["width"] >= min(width, 320)
    assert box["x"] + box["width"] <= width
    for name in ("Run samples", "Submit"):
        button = page.get_by_role("button", name=name).bounding_box()
        assert button is not None
        assert button["x"] >= 0
        assert button["x"] + button["width"] <= width
        assert button["y"] + button["height"] <= size[1]


def test_the_result_is_dragged_larger_and_stays_so_without_a_jump(page: Page) -> None:
    open_problem(page)
    bar = page.get_by_role("separator", name="Height of the result")
    place, before = bar.bounding_box(), page.locator("#output").bounding_box()
    assert place is not None
    assert before is not None
    page.mouse.move(place["x"] + 50, place["y"] + 4)
    page.mouse.down()
    page.mouse.move(place["x"] + 50, place["y"] - 146)
    page.mouse.up()
    after = page.locator("#output").bounding_box()
    assert after is not None
    assert after["height"] == pytest.approx(before["height"] + 150, abs=6)
    assert int(str(bar.get_attribute("aria-valuenow"))) > 38
    bar.press("ArrowDown")
    expect(bar).to_be_focused()
    kept = page.locator("#output").bounding_box()
    page.context.add_init_script(SHIFTS)
    open_problem(page)
    page.wait_for_load_state("networkidle")
    assert page.locator("#output").bounding_box() == pytest.approx(kept, abs=1)
    assert page.evaluate("window.shifted") == 0
    page.get_by_role("separator", name="Height of the result").dblclick()
    assert page.locator("#output").bounding_box() == pytest.approx(before, abs=1)


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=str)
def test_nothing_moves_while_the_page_loads(visit: Visit, size: tuple[int, int]) -> None:
    context = visit(*size)
    page = context.new_page()
    open_problem(page)
    write(page, "draft = 1")
    context.add_init_script(SHIFTS)
    open_problem(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#message")).to_have_text("Draft restored")
    assert page.evaluate("window.shifted") == 0


def test_where_storage_is_disabled_the_bars_still_move(visit: Visit) -> None:
    context = visit()
    context.add_init_script(
        'Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }'
    )
    page = context.new_page()
    open_problem(page)
    bar = page.get_by_role("separator", name="Width of the exercise")
    bar.press("End")
    expect(bar).to_have_attribute("aria-valuenow", "70")


def test_full_height_and_back_by_the_button_and_by_escape(page: Page) -> None:
    open_problem(page)
    button = page.get_by_role("button", name="Full height of the result")
    before = page.locator("#output").bounding_box()
    for leave in (button.click, lambda: page.keyboard.press("Escape")):
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".cm-content")).to_be_hidden()
        assert out_of_sight(page) == []
        full = page.locator("#output").bounding_box()
        assert full is not None
        assert full["height"] > 700
        leave()
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(button).to_be_focused()
        assert page.locator("#output").bounding_box() == before
    button.click()
    page.keyboard.press("?")
    page.keyboard.press("Escape")  # closes the list of keys alone
    expect(button).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("size", [(390, 844), (1280, 900)], ids=str)
def test_what_has_the_focus_is_never_behind_the_verdict_or_the_buttons(visit: Visit, size: tuple[int, int]) -> None:
    page = visit(*size, reduced_motion="reduce").new_page()
    open_problem(page)
    write(page, paper("wrong_answer/bias-trains"))
    page.keyboard.press("Control+'")
    await_verdict(page, "wrong_answer")
    page.locator("#output").focus()
    for key in ("Tab", "Shift+Tab"):
        covered, reached = [], 0
        while page.evaluate("document.getElementById('output').contains(document.activeElement)") and reached < 40:
            page.keyboard.press(key)
            reached += 1
            covered += page.evaluate(COVERED)
        assert reached > 3
        assert covered == []
        page.keyboard.press("Shift+Tab" if key == "Tab" else "Tab")


@pytest.mark.parametrize("size", [(390, 844), (1280, 900)], ids=str)
def test_the_verdict_stays_at_the_top_while_the_result_is_scrolled(visit: Visit, size: tuple[int, int]) -> None:
    page = visit(*size).new_page()
    open_problem(page)
    write(page, paper("wrong_answer/bias-trains"))
    page.keyboard.press("Control+'")
    await_verdict(page, "wrong_answer")
    page.wait_for_timeout(600)  # a phone scrolls to the result
    if size[0] < 960:
        assert page.evaluate("document.getElementById('verdict').getBoundingClientRect().top") < 20
    top = page.evaluate(
        """() => {
          const output = document.getElementById("output");
          const scroller = output.scrollHeight > output.clientHeight + 1 ? output : document.documentElement;
          const end = output.getBoundingClientRect().bottom - innerHeight;
          scroller.scrollTop += scroller === output ? 400 : Math.min(400, end);
          const pane = scroller === output ? output.getBoundingClientRect().top : 0;
          return document.getElementById("verdict").getBoundingClientRect().top - pane;
        }"""
    )
    assert top == pytest.approx(0, abs=1)
    heading = page.get_by_role("heading", name="Wrong answer")
    assert page.evaluate(
        """(heading) => {
          const { left, top, bottom } = heading.getBoundingClientRect();
          return heading.contains(document.elementFromPoint(left + 5, (top + bottom) / 2));
        }""",
        heading.element_handle(),
    )


def test_reduced_motion_stops_every_animation(visit: Visit) -> None:
    names = "getComputedStyle(document.querySelector('.top .icon')).animationName"
    for motion, name in (("no-preference", "spin"), ("reduce", "none")):
        page = visit(reduced_motion=motion).new_page()
        page.goto("/")
        page.evaluate("document.querySelector('.top .icon').classList.add('spin')")
        assert page.evaluate(names) == name
