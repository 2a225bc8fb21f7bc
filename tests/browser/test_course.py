"""A course in the browser: from the list to accepted and on to the next problem, the timeline, cards on a phone."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from judge.problems.catalog import Catalog
from judge.settings import Settings
from tests.browser.conftest import await_verdict, write
from tests.browser.test_live import SHIFTS
from tests.browser.test_looks import PHONE, RULES, grave
from tests.helpers.serving import ThreadedServer
from tests.helpers.tiny_package import MANIFEST, write_package

LIST_BYTES = 15 * 1024  # in all answers, as they travel
COURSE = """[course]
goal = "Double an array of any shape, and scale it by a number that comes with it"
difficulty = "introductory"
minutes = 7
learned = ["Scaling is a product, and a product has no order.", "An array keeps its shape."]

[track]
name = "Doubling"
order = {order}
after = [{after}]

[[alternatives]]
file = "alternatives/sum.py"
title = "A sum"
why = "Adding is doubling."

[[hints]]
mistakes = ["not-scaled"]
"""
ANSWER = "import jax.numpy as jnp\n\n\ndef twice(x, scale):\n    return 2 * scale * jnp.asarray(x)\n"
MINE = ANSWER.replace("2 * scale", "scale * 2")
WRONG = "# verdict: wrong_answer\n# cause: not-scaled\ndef twice(x, scale):\n    return x\n"
Visit = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreadedServer]:
    """A judge with a course of two problems, whose grader does what a program's comments say; no JAX is needed."""
    folder = tmp_path_factory.mktemp("course")
    for slug, order, after in (("twice", 1, ""), ("again", 2, '"twice"')):
        text = MANIFEST.replace("[[hints]]\n", COURSE.format(order=order, after=after))
        text = text.replace('title = "Twice"', f'title = "Double an array, {slug}"')
        solution = f"# Solution\n\n```python\n{ANSWER}```\n\nA product needs no loop.\n"
        made = write_package(folder / "problems", slug, problem_toml=text, solution_md=solution)
        (made / "alternatives").mkdir()
        (made / "alternatives" / "sum.py").write_text("def twice(x, scale):\n    return (x + x) * scale\n")
    settings = Settings(data=folder / "data", cache=folder / "cache", workers=1)
    with ThreadedServer(settings, Catalog([folder / "problems"])) as server:
        deadline = time.monotonic() + 60
        while httpx.get(f"{server.url}/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield server


def open_editor(page: Page) -> None:
    page.goto("/problems/twice")
    expect(page.locator(".editor.ready")).to_be_visible()


def send(page: Page, text: str, verdict: str) -> None:
    write(page, text)
    page.evaluate("document.getElementById('result')?.remove()")
    page.keyboard.press("Control+Enter")
    await_verdict(page, verdict)


def test_accepted_leads_on_without_a_reload_and_nothing_moves(page: Page) -> None:
    open_editor(page)
    page.evaluate("window.loaded = true")
    send(page, "# verdict: wrong_answer\n# seconds: 0.2\n", "wrong_answer")
    page.evaluate(SHIFTS)
    send(page, MINE, "accepted")
    after = page.locator("#result .after")
    expect(after.get_by_role("heading", name="Solved. 1 of 2 in Doubling")).to_be_visible()
    expect(page.locator("#exercise .badge")).to_have_text("Solved")
    expect(after.get_by_text("An array keeps its shape.")).to_be_visible()
    page.wait_for_timeout(200)
    assert page.evaluate("window.shifted") == 0
    after.get_by_text("Show solution").click()
    expect(after.get_by_text("A product needs no loop.")).to_be_visible()
    after.get_by_text("Compare yours with the solution").click()
    expect(after.locator(".diff tr.changed mark").first).to_be_visible()
    after.get_by_text("A sum").click()
    expect(after.get_by_text("Adding is doubling.")).to_be_visible()
    assert page.evaluate("window.loaded") is True
    after.get_by_role("link", name="Next: Double an array, again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Double an array, again")


def test_from_the_list_to_the_next_problem_by_keyboard_alone(page: Page) -> None:
    page.goto("/")

    def tab_to(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            focused = page.evaluate("(document.activeElement.innerText || document.activeElement.id || '').trim()")
            if focused.startswith(name):
                return
        raise AssertionError(f"{name} can't be reached by Tab")

    tab_to("Start")
    page.keyboard.press("Enter")
    expect(page.locator(".editor.ready")).to_be_visible()
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(MINE)
    page.keyboard.press("Control+Enter")
    await_verdict(page, "accepted")
    page.keyboard.press("Escape")  # then Tab leaves the editor
    tab_to("Next: Double an array, again")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Double an array, again")


def test_the_same_mistake_twice_offers_its_hint_and_a_fixed_one_is_named(page: Page) -> None:
    open_editor(page)
    send(page, WRONG, "wrong_answer")
    expect(page.locator("#result .after")).to_have_count(0)
    send(page, WRONG + "x = 1\n", "wrong_answer")
    expect(page.locator("#result .after")).to_contain_text("The same mistake as in your last attempt")
    page.locator("#result .after").get_by_text("Hint 1").click()
    expect(page.get_by_text("Add x to itself.").last).to_be_visible()
    send(page, MINE, "accepted")
    page.goto("/problems/twice/attempts")
    expect(page.locator(".timeline > li")).to_have_count(3)
    expect(page.locator(".timeline > li").first).to_contain_text("You fixed: the mistake not-scaled was made")
    page.get_by_role("link", name="What changed in attempt 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Attempt 2 and Attempt 3")
    expect(page.locator("tr.changed, tr.added, tr.removed").first).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Restore attempt 2 into the editor").click()
    expect(page.locator(".cm-content")).to_contain_text("x = 1")


def test_without_scripts_everything_is_there_too(visit: Visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto("/")
    page.locator("select[name=state]").select_option("solved")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()
    page.get_by_role("link", name="Show all problems").click()
    page.get_by_role("link", name="Start").click()
    page.get_by_label("Your solution in Python").fill(MINE)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Solved. 1 of 2")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Compare yours with the solution").click()
    expect(page.locator("tr.changed")).to_have_count(1)
    page.get_by_role("link", name="Double an array, twice").click()
    page.get_by_text("Show solution").click()
    expect(page.get_by_text("A product needs no loop.")).to_be_visible()
    page.get_by_role("link", name="Next: Double an array, again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Double an array, again")


def test_on_a_phone_submissions_are_cards_and_a_comparison_is_one_column(visit: Visit) -> None:
    wide, context = visit(), visit(**PHONE)
    page = wide.new_page()
    open_editor(page)
    send(page, WRONG, "wrong_answer")
    send(page, MINE, "accepted")
    context.add_cookies(wide.cookies())
    phone = context.new_page()
    for width in (320, 390):
        phone.set_viewport_size({"width": width, "height": 844})
        for address in ("/", "/submissions", "/problems/twice/attempts"):
            phone.goto(address)
            assert phone.evaluate("document.documentElement.scrollWidth") == width, address
        phone.goto("/submissions")
        card = phone.locator("tbody tr").first
        title, sent = card.get_by_role("link", name="Double an array, twice"), card.locator("time")
        box, moment = title.bounding_box(), sent.bounding_box()
        assert box is not None
        assert moment is not None
        assert box["height"] < 60  # two lines at most
        assert moment["x"] + moment["width"] <= width  # nothing is cut
        expect(phone.locator("tbody tr").last).to_contain_text("the mistake not-scaled was made")
        phone.goto("/problems/twice/attempts")
        phone.get_by_role("link", name="What changed in attempt 2").click()
        assert phone.evaluate("document.documentElement.scrollWidth") == width
        row = phone.locator(".diff tr:is(.changed, .removed)").first
        frame, cell = phone.locator(".diff-frame").bounding_box(), row.locator("td.code.left").bounding_box()
        assert frame is not None
        assert cell is not None
        assert cell["width"] > 0.75 * frame["width"]


def test_axe_finds_nothing_serious_in_a_course(page: Page) -> None:
    open_editor(page)
    send(page, WRONG, "wrong_answer")
    send(page, WRONG + "x = 1\n", "wrong_answer")
    found = {"again": grave(page)}
    send(page, MINE, "accepted")
    for fold in page.locator("#result .after details > summary").all():
        fold.click()
    expect(page.locator("#result .diff")).to_be_visible()
    report = str(page.get_by_role("link", name="Open the full report").get_attribute("href"))
    compared = f"/problems/twice/compare?left={report.rpartition('/')[2]}"
    for address in ("", "/", "/submissions", "/problems/twice", "/problems/twice/attempts", report, compared):
        if address:
            page.goto(address)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            found[f"{address or 'accepted'} in {scheme}"] = grave(page, *rules)
    assert {where: what for where, what in found.items() if what} == {}


def test_the_list_travels_in_few_bytes(page: Page) -> None:
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) < LIST_BYTES
    assert len(sizes) <= 6
