"""Accounts in a browser: without scripts, by keyboard alone, to assistive technology, light and dark."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import QUICK, SLUG, VERDICT_MS
from tests.browser.server import Server
from tests.browser.test_looks import RULES, grave
from tests.helpers.people import PASSWORD

PHONE = (360, 740)


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory, compiled: None) -> Iterator[Server]:
    """A judge with accounts, the learner ann, and the operator olga."""
    data = tmp_path_factory.mktemp("accounts")
    server = Server(data, access="accounts")
    server.start()
    for arguments in (["ann"], ["olga", "--admin"]):
        command = [sys.executable, "-m", "judge", "user", "add", *arguments, "--password-stdin", "--data", str(data)]
        subprocess.run(command, input=PASSWORD, text=True, check=True, capture_output=True)
    yield server
    server.stop()


@pytest.fixture
def visit(browser: Browser, accounts: Server) -> Iterator[Callable[..., BrowserContext]]:
    """visit(...) -> a new visitor's browser context."""
    contexts: list[BrowserContext] = []

    def new(**options: Any) -> BrowserContext:
        context = browser.new_context(base_url=accounts.url, **options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str = "ann") -> None:
    page.goto("/sign-in?next=/account")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("signs in as")).to_be_visible()


def ask_for_device(server: Server) -> str:
    answer = httpx.post(f"{server.url}/api/device", json={"name": "ann's laptop", "scopes": ["read"]})
    return str(answer.json()["user_code"])


def test_without_scripts_ann_signs_in_attempts_sees_the_verdict_and_signs_out(visit: Callable[..., Any]) -> None:
    page = visit(java_script_enabled=False).new_page()
    page.goto(f"/problems/{SLUG}")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    page.get_by_label("Name").fill("ann")
    page.get_by_label("Password").fill("a wrong password")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("name or the password is wrong")
    expect(page.get_by_label("Name")).to_have_value("ann")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/problems/{SLUG}")
    expect(page.get_by_role("banner").get_by_role("link", name="ann")).to_be_visible()
    page.get_by_role("textbox", name="Your solution in Python").fill(QUICK)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/submissions/*")
    expect(page.locator("#result[data-verdict='wrong_answer']")).to_be_visible(timeout=VERDICT_MS)
    report = page.url
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    answer = page.goto(report)
    assert answer is not None
    assert answer.status == 404


def test_without_scripts_a_token_is_made_and_revoked(visit: Callable[..., Any]) -> None:
    page = visit(java_script_enabled=False).new_page()
    sign_in(page)
    page.get_by_role("link", name="Tokens").click()
    page.get_by_label("Where it is used").fill("my script")
    page.get_by_label("It expires").select_option("after 30 days")
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("#new-token")).to_have_text(re.compile(r"^jdg_[\w-]{43}$"))
    assert "jdg_" not in page.url
    page.get_by_role("button", name="Revoke my script").click()
    expect(page.get_by_text("You have no tokens.")).to_be_visible()


def test_without_scripts_everything_is_downloaded(visit: Callable[..., Any]) -> None:
    page = visit(java_script_enabled=False).new_page()
    sign_in(page)
    page.get_by_role("link", name="Your data").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything").click()
    assert download.value.suggested_filename == "judge-ann.zip"


def press_until(page: Page, script: str) -> None:
    """Press Tab until the element that has the focus is the one that `script` wants."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(f"(element => {script})(document.activeElement)"):
            return
    raise AssertionError(f"Tab reaches nothing where {script}")


def test_by_keyboard_alone_ann_signs_in_lets_a_command_line_in_and_signs_out(
    visit: Callable[..., Any], accounts: Server
) -> None:
    page = visit().new_page()
    page.goto("/device")
    press_until(page, "element.id === 'name'")
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/device")
    press_until(page, "element.id === 'code'")
    page.keyboard.type(ask_for_device(accounts))
    page.keyboard.press("Enter")
    expect(page.get_by_text("ann's laptop")).to_be_visible()
    press_until(page, "element.textContent === 'Confirm'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("is signed in: go on there")
    press_until(page, "element.textContent === 'Sign out'")
    page.keyboard.press("Enter")
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


@pytest.mark.long
def test_axe_finds_nothing_serious_on_pages_of_accounts_in_light_or_dark(
    visit: Callable[..., Any], accounts: Server
) -> None:
    found: dict[str, list[str]] = {}

    def look(page: Page, where: str) -> None:
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            found[f"{where} in {scheme}"] = grave(page, *rules)

    page = visit().new_page()
    page.goto("/sign-in")
    look(page, "/sign-in")
    sign_in(page, "olga")
    for address in ("/account", "/account/tokens", "/account/data", "/device", "/audit"):
        page.goto(address)
        look(page, address)
    page.goto("/account/tokens")
    page.get_by_label("Where it is used").fill("axe")
    page.get_by_role("button", name="Make the token").click()
    look(page, "a new token")
    page.goto("/device")
    page.get_by_label("Code that").fill(ask_for_device(accounts))
    page.get_by_role("button", name="Go on").click()
    look(page, "a machine that asks")
    assert {where: what for where, what in found.items() if what} == {}


def test_pages_of_accounts_fit_a_phone(visit: Callable[..., Any]) -> None:
    width, height = PHONE
    page = visit(viewport={"width": width, "height": height}).new_page()
    page.goto("/sign-in")
    wide = {"/sign-in": page.evaluate("document.documentElement.scrollWidth")}
    sign_in(page, "olga")
    for address in ("/account", "/account/tokens", "/account/data", "/device", "/audit"):
        page.goto(address)
        wide[address] = page.evaluate("document.documentElement.scrollWidth")
    assert {address: pixels for address, pixels in wide.items() if pixels > width} == {}


def test_the_first_operator_is_made_by_the_link_that_the_log_has(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("setup")
    server = Server(data, workers=0, access="accounts", log_format="json")
    server.start(until="/livez")
    try:
        lines = [json.loads(line) for line in (data / "log.txt").read_text().splitlines() if line.startswith("{")]
        [link] = [line["link"] for line in lines if "link" in line]
        page = browser.new_context(base_url=server.url, java_script_enabled=True).new_page()
        page.goto(link)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            assert grave(page, *rules) == []
        page.get_by_label("Name").fill("olga")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Make the account").click()
        expect(page.get_by_role("banner").get_by_role("link", name="olga")).to_be_visible()
        page.context.close()
    finally:
        server.stop()
