"""The statement in a browser: its signature in sight, contents, links, code to copy, formulae; previews and icons."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import SLUG, open_problem
from tests.browser.server import Server
from tests.browser.test_looks import grave

Visit = Callable[..., BrowserContext]
WIDTHS = (320, 390, 1024, 1440, 1920)


def test_the_signature_stays_in_sight_while_the_statement_is_read(page: Page) -> None:
    open_problem(page)
    signature = page.get_by_role("region", name="Signature")
    expect(signature).to_contain_text("freeze_first_dense(seed: float, x: float32[N,D], y: float32[N,K], lr: float)")
    expect(signature).to_contain_text("N = 8, 4, 16")
    page.locator(".reading").evaluate("element => element.scrollTop = element.scrollHeight")
    expect(page.get_by_role("heading", name="Limits")).to_be_in_viewport()
    expect(signature).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_contents_lead_to_each_section_below_the_signature(visit: Visit, scripts: bool) -> None:
    page = visit(java_script_enabled=scripts).new_page()
    page.goto(f"/problems/{SLUG}")
    contents = page.get_by_role("navigation", name="Contents")
    titles = contents.get_by_role("link").all_inner_texts()
    assert {"Samples", "Hints", "Limits"} <= set(titles)
    assert len(titles) >= 7
    for title in ("Pitfalls", "Samples"):
        contents.get_by_role("link", name=title).click()
        heading = page.get_by_role("heading", name=title, exact=True)
        expect(heading).to_be_in_viewport(ratio=1)
        box = page.get_by_role("region", name="Signature").bounding_box()
        place = heading.bounding_box()
        assert box
        assert place
        assert place["y"] >= box["y"] + box["height"] - 1


def test_a_function_links_to_its_documentation_beside_the_exercise(page: Page) -> None:
    open_problem(page)
    link = page.locator(".statement").get_by_role("link", name="nnx.value_and_grad").first
    assert link.get_attribute("href") == (
        "https://flax.readthedocs.io/en/latest/api_reference/flax.nnx/transforms.html#flax.nnx.value_and_grad"
    )
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in str(link.get_attribute("rel"))
    expect(link).to_have_accessible_name("nnx.value_and_grad (documentation, at flax.readthedocs.io, in a new tab)")


def test_a_block_of_code_is_copied_by_its_button(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"]).new_page()
    open_problem(page)
    block = page.locator("#snippet-1")
    assert block.get_attribute("data-snippet") == "1"
    block.get_by_role("button", name="Copy").click()
    expect(block.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("import jax\nfrom flax import nnx\n")
    assert "def show(path, leaf):\n    print([getattr(key" in copied
    assert "Copy" not in copied


def test_formulae_are_drawn_without_a_script_or_a_font_of_ours(visit: Visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    formula = page.locator(".formula math").first
    expect(formula).to_be_visible()
    box = formula.bounding_box()
    assert box
    assert box["height"] > 10
    assert box["width"] > 60
    assert page.locator("math mfrac").count() == 1
    expect(page.get_by_role("button", name="Copy").first).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_statement_fits_the_narrowest_phone_and_has_no_serious_finding(visit: Visit, scheme: str) -> None:
    page = visit(width=320, height=700, color_scheme=scheme).new_page()
    page.goto(f"/problems/{SLUG}")
    for part in (".signature", ".contents", ".statement", ".reading .foot"):
        box = page.locator(part).bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= 320, part
    assert grave(page) == []


@pytest.mark.long
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_reference_and_the_statement_fit_every_width(visit: Visit, width: int, scheme: str, scripts: bool) -> None:
    page = visit(width=width, color_scheme=scheme, java_script_enabled=scripts).new_page()
    for path in ("/docs", "/help/cookbook"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"/problems/{SLUG}")
    reading = page.locator(".reading")
    assert reading.evaluate("element => element.scrollWidth - element.clientWidth") <= 0


def test_every_page_links_to_the_reference_at_its_foot(page: Page) -> None:
    for path in ("/", f"/problems/{SLUG}", "/submissions", "/status", "/help", "/problems/none"):
        page.goto(path)
        expect(
            page.get_by_role("contentinfo").or_(page.locator(".foot")).get_by_role("link", name="API reference")
        ).to_have_attribute("href", "/docs")


def test_the_reference_works_where_no_other_host_can_be_reached(browser: Browser, server: Server) -> None:
    """Each request beyond this machine is cut off, and would be noted."""
    context = browser.new_context(base_url=server.url)
    foreign: list[str] = []
    complaints: list[str] = []

    def only_here(route) -> None:
        if route.request.url.startswith((server.url, "data:")):
            route.continue_()
        else:
            foreign.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/docs")
    expect(page.get_by_role("heading", name="API reference")).to_be_visible()
    operation = page.locator("#operations-submissions-get_submission_api_submissions__id__get")
    expect(operation).to_be_visible()
    expect(page.locator(".opblock-tag-section").filter(has_text="Send programs, follow them")).to_be_visible()
    operation.get_by_role("button").first.click()
    examples = operation.get_by_role("combobox").filter(has=page.locator("option", has_text="Time limit exceeded"))
    examples.first.select_option(label="Time limit exceeded")
    expect(operation).to_contain_text("more than 20 s of CPU time")
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("textbox", name="id").or_(operation.locator("input[placeholder='id']")).first.fill("none")
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text("urn:judge:unknown-submission")
    page.get_by_role("button", name="Switch between light and dark").click()
    context.close()
    assert foreign == []
    assert [each for each in complaints if not each.startswith("Failed to load resource")] == []


def test_the_reference_without_scripts_leads_to_the_same_in_words(visit: Visit) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto("/docs")
    page.locator("noscript").get_by_role("link", name="The API in words").or_(
        page.get_by_role("link", name="The API in words").last
    ).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("HTTP API")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_has_no_serious_finding_but_for_the_rows_of_swagger_ui(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme).new_page()
    page.goto("/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    found = grave(page)
    theirs = ("nested-interactive", "heading-order")  # a row has a button in a button, and its headings begin at h3
    assert [each for each in found if not each.startswith(theirs)] == []
    assert page.locator(".opblock-summary-control").count() > 15
