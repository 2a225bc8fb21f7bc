"""Whatever a submission says stays text: in its source, its output, its traceback, its messages."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import QUICK, open_problem, submit

SCRIPT = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
TURNED = "\u202egnp.evil\u202c"
COLOURED = "\x1b[31mred\x1b[0m"


def shows_as_text(page: Page, where: str) -> None:
    """The place shows the script's text, and nothing of it has run."""
    expect(page.locator(where).first).to_contain_text("<script>window.hacked = 1</script>")
    assert page.evaluate("window.hacked") is None
    assert page.locator(f"{where} script, {where} img").count() == 0


def test_a_script_in_source_and_output_stays_text(page: Page) -> None:
    open_problem(page)
    head, result = QUICK.splitlines()
    said = ascii(SCRIPT + COLOURED + TURNED)
    submit(page, f"# {SCRIPT} {TURNED}\n{head}\n    print({said})\n{result}\n", "wrong_answer")
    shows_as_text(page, "#result .trace")
    page.get_by_role("link", name="Open the full report").click()
    shows_as_text(page, ".source")
    shows_as_text(page, "#result .trace")
    for place in ("#result .trace", ".source"):
        assert "\u202e" not in page.locator(place).first.inner_text()
        expect(page.locator(f"{place} .unseen").filter(has_text="\\u202e").first).to_be_visible()
    assert "\x1b" not in page.content()
    expect(page.locator("#result .trace .unseen").filter(has_text="\\x1b").first).to_be_visible()


def test_a_script_in_an_exception_stays_text(page: Page) -> None:
    open_problem(page)
    submit(page, f"def freeze_first_dense(seed, x, y, lr):\n    raise ValueError({SCRIPT!r})\n", "runtime_error")
    shows_as_text(page, "#result .callout")
    expect(page.locator(".cm-lintRange-error")).to_contain_text("raise ValueError")
    page.locator(".cm-lintRange-error").hover(position={"x": 20, "y": 5})  # its middle is out of sight
    shows_as_text(page, ".cm-tooltip")


def test_a_script_in_an_entry_that_is_returned_stays_text(page: Page) -> None:
    open_problem(page)
    submit(page, f"def freeze_first_dense(seed, x, y, lr):\n    return {SCRIPT!r}\n", "wrong_answer")
    shows_as_text(page, "#result .checks")
