"""How pages stand up: small, dark, narrow, by keyboard alone, without scripts, to assistive technology."""

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.conftest import QUICK, SLUG, VERDICT_MS, await_verdict, open_problem, paper, write

WRONG = paper("wrong_answer/bias-trains")
FAILING = paper("runtime_error/transposed-input")
RUNNING = QUICK.replace("    return", "    import time\n\n    time.sleep(0.4)\n    return")  # each of 3 samples
HOLD_WHILE_RUNNING = """
  const listen = EventSource.prototype.addEventListener;
  const held = [];
  let isReleased = false;
  EventSource.prototype.addEventListener = function (type, handle) {
    listen.call(this, type, (event) => {
      if (!isReleased && document.querySelector("#verdict.v-running")) held.push(() => handle(event));
      else handle(event);
    });
  };
  window.release = () => ((isReleased = true), held.forEach((handle) => handle()));
"""
PAGE_BYTES = 250 * 1024  # of the problem's page with all that it loads while it is idle, as it travels
PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}

RULES: dict[Literal["light", "dark"], tuple[str, ...]] = {"light": (), "dark": ("color-contrast",)}  # (): all

Visit = Callable[..., BrowserContext]


def go_everywhere(page: Page) -> list[str]:
    """A run with a picture of its step, and then the addresses of every kind of page."""
    open_problem(page)
    write(page, WRONG)
    page.keyboard.press("Control+'")
    await_verdict(page, "wrong_answer")
    wrong = page.get_by_role("link", name="Open the full report").get_attribute("href")
    return ["/", f"/problems/{SLUG}", str(wrong), "/submissions", "/submissions?whose=all", "/status", "/problems/none"]


def grave(page: Page, *rules: str) -> list[str]:
    """Findings of axe, as text; of `rules` alone where any are named."""
    found = Axe().run(page, options={"runOnly": list(rules)} if rules else None).response["violations"]
    return [f"{each['id']}: {each['help']} at {[node['target'] for node in each['nodes']][:4]}" for each in found]


def test_axe_has_no_finding_on_any_page_in_light_or_dark(page: Page) -> None:
    found: dict[str, list[str]] = {}
    addresses = [*go_everywhere(page), "/help", "/help/solving"]
    for address in ("", *addresses):
        if address:
            page.goto(address)
            page.wait_for_load_state("networkidle")
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            found[f"{address or 'verdict beside the editor'} in {scheme}"] = grave(page, *rules)
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        pytest.param(FAILING, "runtime_error", id="runtime error", marks=pytest.mark.long),
        pytest.param("def freeze_first_dense(:", "compile_error", id="compile error", marks=pytest.mark.long),
        pytest.param(paper("accepted/eager"), "accepted", id="accepted"),
    ],
)
def test_axe_has_no_finding_in_any_state_of_the_workbench(page: Page, source: str, verdict: str) -> None:
    open_problem(page)
    write(page, source)
    page.keyboard.press("Control+'")
    await_verdict(page, verdict)
    found = {}
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme)
        found[f"{verdict} in {scheme}"] = grave(page, *rules)
    if verdict == "accepted":
        page.get_by_role("button", name="Full height of the result").click()
        found["full height"] = grave(page)
        page.locator("#output").focus()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        found["keys"] = grave(page)
    assert {where: what for where, what in found.items() if what} == {}


def test_axe_has_no_finding_while_the_program_runs(page: Page) -> None:
    page.context.add_init_script(HOLD_WHILE_RUNNING)
    open_problem(page)
    write(page, RUNNING)
    page.keyboard.press("Control+'")
    expect(page.locator("#verdict.v-running")).to_be_visible(timeout=VERDICT_MS)
    assert grave(page) == []
    expect(page.locator("#verdict.v-running")).to_be_visible()
    page.evaluate("window.release()")
    await_verdict(page, "wrong_answer")


def test_dark_follows_the_system_and_the_button_and_is_remembered(visit: Visit) -> None:
    def darkness(page: Page) -> int:
        return int(page.evaluate("parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"))

    page = visit(color_scheme="dark").new_page()
    page.goto("/")
    assert darkness(page) < 64
    page.get_by_role("button", name="Switch between light and dark").click()
    assert darkness(page) > 192
    page.goto("/status")
    assert darkness(page) > 192
    assert page.locator("html").get_attribute("data-theme") == "light"  # drawn by the server: no flash


def test_a_phone_shows_every_page_without_scrolling_sideways(visit: Visit) -> None:
    page = visit(**PHONE).new_page()
    page.goto(f"/problems/{SLUG}")
    expect(page.locator(".editor.ready")).to_be_visible()
    page.locator(".cm-content").tap()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(QUICK)
    page.get_by_role("button", name="Submit").tap()
    await_verdict(page, "wrong_answer")
    wide = "document.documentElement.scrollWidth - window.innerWidth"
    assert page.evaluate(wide) <= 0
    report = str(page.get_by_role("link", name="Open the full report").get_attribute("href"))
    for address in ("/", f"/problems/{SLUG}", report, "/submissions", "/status"):
        page.goto(address)
        assert page.evaluate(wide) <= 0, address
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_keyboard_alone_reads_writes_and_submits(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Freeze the first layer":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/problems/{SLUG}")
    expect(page.locator(".editor.ready")).to_be_visible()
    for _ in range(120):  # past every link and copy button of the statement; a link skips them all
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('cm-content')"):
            break
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text("def freeze_first_dense(:\n")
    page.keyboard.press("Escape")  # closes the completions that the typing may have opened
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")  # leaves the editor, where Tab alone indents
    for name in ("Open", "Reset"):
        expect(page.get_by_role("button", name=name)).to_be_focused()
        page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Run samples")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Submit")).to_be_focused()
    page.keyboard.press("Enter")
    await_verdict(page, "compile_error")
    page.get_by_role("separator", name="Width of the exercise").focus()
    before = page.locator(".reading").bounding_box()
    page.keyboard.press("ArrowRight")
    after = page.locator(".reading").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]


def test_tab_indents_in_the_editor(page: Page) -> None:
    open_problem(page)
    write(page, "x = 1")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert page.locator(".cm-line").first.inner_text() == "    x = 1"


def test_without_scripts_a_form_posts_and_the_page_refreshes_until_the_verdict(visit: Visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    expect(page.get_by_role("button", name="Reset")).to_be_hidden()
    page.get_by_text("Hint 1 of 4").click()
    expect(page.get_by_text("Hint 2 of 4")).to_be_visible()
    page.get_by_role("textbox", name="Your solution in Python").fill(QUICK)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/submissions/*")
    expect(page.locator("#result[data-verdict='wrong_answer']")).to_be_visible(timeout=VERDICT_MS)
    expect(page.locator(".callout .name").first).to_contain_text("Known mistake")
    assert page.locator("meta[http-equiv='refresh']").count() == 0  # it rests now


def test_the_problems_page_with_its_editor_is_small(page: Page) -> None:
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    with page.expect_response(lambda answer: "/completion/" in answer.url and answer.status == 200, timeout=60_000):
        page.goto(f"/problems/{SLUG}")
    page.wait_for_load_state("networkidle")
    sizes = {request.url: request.sizes()["responseBodySize"] for request in finished}
    for name in ("/editor.js", "/assist-", "/completion/"):
        assert any(name in url for url in sizes), name
    assert sum(sizes.values()) < PAGE_BYTES, sizes
    assert all(url.startswith("http://127.0.0.1") for url in sizes)  # everything comes from the judge itself


def test_only_the_judges_own_scripts_may_run(page: Page) -> None:
    answer = page.goto(f"/problems/{SLUG}")
    assert answer is not None
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert "unsafe-inline" not in str(policy)
    assert "unsafe-eval" not in str(policy)
