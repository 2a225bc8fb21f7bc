"""The learner's own input and the Stop button, with scripts and without, and at the narrowest width."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SLUG, VERDICT_MS, await_verdict, open_problem, paper, write

TALKS = paper("wrong_answer/bias-trains").replace("    model =", "    print('rows', x.shape[0])\n    model =", 1)
FOREVER = "def freeze_first_dense(seed, x, y, lr):\n    while True:\n        pass\n"
WIDER = "document.documentElement.scrollWidth - innerWidth"


def open_fold(page: Page) -> None:
    page.locator("#own-input > summary").click()
    expect(page.locator("#argument-x")).to_be_visible()


def test_an_edited_sample_is_run_beside_the_reference_with_what_it_printed(page: Page) -> None:
    open_problem(page)
    write(page, TALKS)
    open_fold(page)
    page.locator("#own-input [data-inputs]").nth(1).click()
    second = page.locator("#argument-x").input_value()
    page.locator("#own-input [data-inputs]").nth(0).click()
    assert page.locator("#argument-x").input_value() != second
    page.locator("#argument-x").fill("[[1.0, 0.5, -1.0], [2, 0, 1]]")
    page.locator("#argument-y").fill("[[0, 1], [1, 0]]")
    page.get_by_role("button", name="Run with this input").click()
    await_verdict(page, "wrong_answer")
    result = page.locator("#result")
    expect(result).to_contain_text("your own input, not counted as an attempt")
    expect(result.locator(".own-result .beside")).to_contain_text("reference")
    expect(result.locator(".printed")).to_contain_text("rows 2")
    page.locator("#argument-x").fill("[[1.0, NaN]]")
    page.get_by_role("button", name="Run with this input").click()
    expect(page.locator("#message")).to_contain_text("argument x")


def test_a_seed_is_run_by_enter_and_gives_four_cases(page: Page) -> None:
    open_problem(page)
    write(page, paper("wrong_answer/bias-trains"))
    open_fold(page)
    page.locator("#input-seed").fill("7")
    page.keyboard.press("Enter")
    await_verdict(page, "wrong_answer")
    expect(page.locator("#strip > li")).to_have_count(4)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_run_is_stopped_by_its_button(visit, scripts: bool) -> None:
    page = visit(java_script_enabled=scripts).new_page()
    page.goto(f"/problems/{SLUG}")
    if scripts:
        open_problem(page)
        write(page, FOREVER)
        expect(page.locator("#stop")).to_be_hidden()
    else:
        page.locator("#source").fill(FOREVER)
    page.locator("#submit").click()
    if scripts:
        page.locator("#stop").click()
        expect(page.locator("#stop")).to_be_hidden(timeout=VERDICT_MS)
        expect(page.locator("#submit")).to_be_enabled()
    else:
        page.locator("#stop-form button").click()
    expect(page.locator("#verdict h2")).to_have_text("Stopped", timeout=VERDICT_MS)
    page.goto("/submissions")
    expect(page.locator("tbody tr").first).to_contain_text("Stopped")


def test_without_scripts_the_fields_lead_to_the_submissions_page(visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    open_fold(page)
    expect(page.locator("#own-input .pick")).to_be_hidden()
    page.get_by_role("button", name="Run with this input").click()
    page.wait_for_url(re.compile("/submissions/"))
    expect(page.locator("#verdict")).to_contain_text("your own input", timeout=VERDICT_MS)


def test_the_fold_fits_the_narrowest_width(visit) -> None:
    page = visit(width=320).new_page()
    page.goto(f"/problems/{SLUG}")
    before = page.evaluate(WIDER)
    open_fold(page)
    page.locator("#argument-x").fill("[[" + ", ".join(["1.2345678"] * 60) + "]]")
    assert page.evaluate(WIDER) <= before
    box = page.locator("#own-input").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 320
