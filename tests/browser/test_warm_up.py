"""A page that is opened while the judge starts: when the first verdict is expected, and then the verdict."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PAPERS, SLUG, VERDICT_MS
from tests.browser.server import Server

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_a_submission_during_the_start_says_when_its_verdict_is_expected(
    browser: Browser, tmp_path, compiled, scripts: bool
) -> None:
    server = Server(tmp_path / "judge")
    server.start(until="/livez")
    context = browser.new_context(
        base_url=server.url, java_script_enabled=scripts, viewport={"width": 390, "height": 844}
    )
    try:
        page = context.new_page()
        page.goto(f"/problems/{SLUG}")
        if scripts:
            expect(page.locator(".editor.ready")).to_be_visible()
            page.get_by_role("button", name="Submit").click()
        else:
            page.locator("#source").fill((PAPERS / "accepted/eager.py").read_text())
            page.get_by_role("button", name="Submit").click()
        header = page.locator("#verdict")
        expect(header).to_contain_text(re.compile("Warming up|Running|Accepted|Wrong answer"))
        if "Warming up" in header.inner_text():
            assert re.search(r"Starting: first verdict in about \d+ (s|min)", header.inner_text())
        if scripts:
            expect(page.locator("#result[data-status='done']")).to_be_visible(timeout=VERDICT_MS)
        text = page.locator("body").inner_text().lower()
        assert not re.search(r"\b(canary|lane|zygote)\b", text)
    finally:
        context.close()
        server.stop()
