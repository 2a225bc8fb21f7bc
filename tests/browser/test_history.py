"""The list of submissions: one's own and everyone's, filtered; and who may read which source."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import QUICK, SLUG, open_problem, submit

SECRET = "how_it_was_done"
WRONG = QUICK.replace("    return", f"    {SECRET} = 0.0\n    return")
Visit = Callable[..., BrowserContext]


def test_a_new_visitor_finds_where_to_begin(page: Page) -> None:
    page.goto("/submissions")
    expect(page.get_by_text("You have no submissions yet")).to_be_visible()


def test_the_filter_by_verdict_keeps_only_that_verdict(page: Page) -> None:
    open_problem(page)
    submit(page, "broken(", "compile_error")
    submit(page, "x = 1\n", "compile_error")
    submit(page, WRONG, "wrong_answer")
    page.goto("/submissions")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Wrong answer")  # the newest comes first
    page.get_by_label("Verdict").select_option("compile_error")
    page.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(2)
    page.get_by_label("Verdict").select_option("accepted")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()


def test_somebody_elses_verdict_is_seen_but_not_the_source_before_solving(visit: Visit) -> None:
    author, reader = visit().new_page(), visit().new_page()
    open_problem(author)
    submit(author, WRONG, "wrong_answer")
    address = str(author.get_by_role("link", name="Open the full report").get_attribute("href"))
    reader.goto("/submissions")
    expect(reader.get_by_text("You have no submissions yet")).to_be_visible()
    reader.goto(address)
    expect(reader.locator("#verdict")).to_contain_text("Wrong answer")
    expect(reader.get_by_text("Only the sender can read it")).to_be_visible()
    assert SECRET not in reader.content()
    reader.goto(f"/problems/{SLUG}?from={address.rpartition('/')[2]}")
    assert SECRET not in reader.content()
    author.goto(address)
    expect(author.locator(".source")).to_contain_text(SECRET)


def test_an_unknown_submission_is_an_error_page_with_a_way_back(visit: Visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    answer = page.goto("/submissions/00000000-0000-7000-8000-000000000000")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Unknown submission")
    page.get_by_role("link", name="To the problems").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Problems")
