"""A learner's way: read, attempt, read what is wrong, mend it; and what the workbench does meanwhile."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import QUICK, SLUG, await_verdict, open_problem, paper, submit, write

WRONG = paper("wrong_answer/bias-trains")
RIGHT = paper("accepted/eager")
COUNTEREXAMPLES = Path(__file__).parents[1] / "counterexamples" / SLUG


def test_read_attempt_wrong_answer_by_name_mended_accepted(page: Page) -> None:
    page.goto("/")
    row = page.get_by_role("listitem").filter(has_text="Freeze the first layer").first
    expect(row).to_contain_text("Not tried yet")
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Freeze the first layer")
    expect(page.get_by_role("article")).to_contain_text("bit for bit")
    expect(page.locator(".editor.ready")).to_be_visible()

    submit(page, WRONG, "wrong_answer")
    result = page.locator("#result")
    expect(result.get_by_role("heading", level=2)).to_have_text("Wrong answer")
    expect(result.locator(".callout")).to_contain_text("l1.bias moved: the mask matched only the kernel")
    expect(result.locator(".callout")).to_contain_text("Zero every gradient below l1")
    expect(result.locator(".callout .name")).to_contain_text("bias-leaks")
    expect(result.locator(".leaves tr").filter(has_text="l1.bias")).to_contain_text("moved, but should be frozen")
    expect(result.locator(".leaves tr").filter(has_text="l1.kernel")).to_contain_text("frozen (correct)")
    expect(result.locator("#strip li")).to_have_count(12)

    submit(page, WRONG.replace('startswith("l1.kernel")', 'startswith("l1.")'), "accepted")
    expect(result.get_by_role("heading", level=2)).to_have_text("Accepted")
    expect(result.locator("#verdict")).to_contain_text("12 of 12 cases passed")
    page.goto("/")
    expect(page.get_by_role("listitem").filter(has_text="Freeze the first layer").first).to_contain_text("Solved")
    page.goto(f"/problems/{SLUG}")
    expect(page.get_by_role("heading", name="Solution", exact=True)).to_be_visible()


def test_hints_open_one_by_one(page: Page) -> None:
    open_problem(page)
    expect(page.get_by_text("Hint 2 of 4")).to_be_hidden()
    page.get_by_text("Hint 1 of 4").click()
    expect(page.get_by_text("Hint 2 of 4")).to_be_visible()
    expect(page.get_by_text("Hint 3 of 4")).to_be_hidden()


def test_no_solution_before_an_accepted_verdict(page: Page) -> None:
    open_problem(page)
    expect(page.get_by_role("heading", name="Solution", exact=True)).to_have_count(0)


def test_a_sample_is_copied_as_python(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_problem(page)
    page.locator(".copyable").filter(has_text="np.array").first.get_by_role("button").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"np\.array\(\[\[[-0-9., \n\[\]]+\]\], dtype=np\.float32\)", copied)


def test_running_the_samples_judges_three_cases_and_counts_as_no_attempt(page: Page) -> None:
    open_problem(page)
    write(page, QUICK)
    page.get_by_role("button", name="Run samples").click()
    await_verdict(page, "wrong_answer")
    expect(page.locator("#strip li")).to_have_count(3)
    expect(page.locator("#verdict")).to_contain_text("not counted as an attempt")
    page.goto("/")
    row = page.get_by_role("listitem").filter(has_text="Freeze the first layer").first
    expect(row).to_contain_text("Not tried yet")


def test_wrong_loss_shows_expected_and_actual_with_the_differing_digits_marked(page: Page) -> None:
    open_problem(page)
    write(page, paper("wrong_answer/loss-after-the-step"))
    page.keyboard.press("Control+'")  # runs the samples
    await_verdict(page, "wrong_answer")
    cells = page.locator(".case[open] > .inside > .checks > .check[open] .entries tr.wrong td")
    expect(cells.nth(1).locator("mark")).to_have_count(1)
    expected, actual, difference = (float(text) for text in cells.all_text_contents()[:3])
    assert difference == pytest.approx(actual - expected, rel=0.01)


def test_a_compile_error_is_marked_on_its_line(page: Page) -> None:
    open_problem(page)
    lines = RIGHT.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("def freeze_first_dense"))
    lines[at] = lines[at].replace(":", "")
    submit(page, "\n".join(lines), "compile_error")
    expect(page.locator(".cm-lintRange-error")).to_have_text(")")  # the end of the line, where the colon is missing
    expect(page.locator("#result .callout")).to_contain_text(f"(line {at + 1})")
    page.locator(".cm-lintRange-error").first.hover()
    expect(page.locator(".cm-tooltip")).to_contain_text("SyntaxError")
    page.get_by_role("link", name="Open the full report").click()
    expect(page.locator(f"#L{at + 1}")).to_have_class("at")


def test_a_draft_survives_a_reload_and_the_starter_comes_back(page: Page) -> None:
    open_problem(page)
    starter = page.locator(".cm-content").inner_text()
    write(page, "draft = 'kept here'\n")
    open_problem(page)
    expect(page.locator(".cm-content")).to_contain_text("kept here")
    expect(page.locator("#message")).to_have_text("Draft restored")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Reset").click()
    assert page.locator(".cm-content").inner_text() == starter
    open_problem(page)
    assert page.locator(".cm-content").inner_text() == starter


def test_a_file_is_opened_by_picking_and_by_dropping(page: Page, tmp_path: Path) -> None:
    open_problem(page)
    picked = tmp_path / "picked.py"
    picked.write_text("picked = True\n")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open").click()
    chooser.value.set_files(picked)
    expect(page.locator(".cm-content")).to_contain_text("picked = True")
    page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(["dropped = True\\n"], "dropped.py"));
          const options = { dataTransfer: files, bubbles: true, cancelable: true };
          const editor = document.querySelector(".cm-content");
          for (const type of ["dragenter", "dragover", "drop"]) editor.dispatchEvent(new DragEvent(type, options));
        }"""
    )
    expect(page.locator(".cm-content")).to_have_text("dropped = True")


def test_too_long_a_source_is_refused_with_a_reason(page: Page) -> None:
    open_problem(page)
    write(page, "#" + "x" * 70_000)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#message")).to_contain_text("at most 65,536")
    expect(page.get_by_role("button", name="Submit")).to_be_enabled()


def test_an_earlier_submission_is_opened_in_the_editor(page: Page) -> None:
    open_problem(page)
    submit(page, "earlier = 1\n", "compile_error")
    page.get_by_role("link", name="Open the full report").click()
    page.get_by_role("link", name="Open in the editor").click()
    expect(page.locator(".editor.ready")).to_be_visible()
    expect(page.locator(".cm-content")).to_contain_text("earlier = 1")


def test_where_the_editor_cannot_be_loaded_a_text_area_takes_its_place(page: Page) -> None:
    page.route("**/build/editor.js", lambda route: route.abort())
    page.goto(f"/problems/{SLUG}")
    expect(page.locator(".editor.ready")).to_be_visible()
    area = page.get_by_role("textbox", name="Your solution in Python")
    area.fill("x = 1\ndef freeze_first_dense(:\n")
    page.reload()
    expect(area).to_have_value("x = 1\ndef freeze_first_dense(:\n")  # drafts are kept all the same
    expect(page.locator("#message")).to_have_text("Draft restored")
    area.press("Control+Enter")
    await_verdict(page, "compile_error")
    expect(page.locator("#message")).to_contain_text("Open the full report")
    assert area.evaluate("(e) => e.value.slice(e.selectionStart, e.selectionEnd)") == "def freeze_first_dense(:"


def test_a_public_case_that_fails_like_the_hidden_ones_is_shown_with_a_program_that_repeats_it(page: Page) -> None:
    open_problem(page)
    submit(page, (COUNTEREXAMPLES / "layer-recognised-by-shape.py").read_text(), "wrong_answer")
    shown = page.get_by_role("region", name="A public case that fails in the same way")
    expect(shown.get_by_role("row").filter(has_text="l1.kernel").first).to_contain_text("—")  # expected: no movement
    with page.expect_download() as download:
        page.get_by_role("link", name="Download repro.py").click()
    program = download.value.path().read_text()
    assert "def freeze_first_dense" in program
    assert "np.array" in program
