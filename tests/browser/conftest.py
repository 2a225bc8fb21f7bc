"""A real Chromium in front of a real `judge serve`.

Chromium is found on the PATH, or named by JUDGE_TEST_CHROMIUM; without one these tests are skipped, and say so.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.server import Server

SLUG = "nnx-surgery-freeze"
PAPERS = Path(__file__).parents[2] / "submissions" / SLUG
CHROMIUM = os.environ.get("JUDGE_TEST_CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
QUICK = "def freeze_first_dense(seed, x, y, lr):\n    return [0.0, 0.0, 0.0]\n"  # wrong, and judged in no time
VERDICT_MS = 120_000  # one verdict of the full lane on a busy machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM:
                item.add_marker(pytest.mark.skip(reason="no chromium on the PATH, and JUDGE_TEST_CHROMIUM names none"))


# Package-scoped, all of it: Playwright's event loop must be gone before other tests run theirs.
@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, compiled: None) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("judge"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """visit(width=.., ...) -> a new visitor's browser context; a script that fails fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # A refusal that is meant to be is in the console too; what the policy forbids or a script throws is a fault.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def new(width: int = 1280, height: int = 900, **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=server.url, viewport={"width": width, "height": height}, **options)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", hear)
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield new
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def page(visit: Callable[..., BrowserContext]) -> Page:
    """A new visitor's page."""
    return visit().new_page()


def paper(name: str) -> str:
    """The text of an exam paper: paper("wrong_answer/bias-trains")."""
    return (PAPERS / f"{name}.py").read_text()


def open_problem(page: Page) -> None:
    """Go to the problem, and wait until its editor can be written in."""
    page.goto(f"/problems/{SLUG}")
    expect(page.locator(".editor.ready")).to_be_visible()


def write(page: Page, text: str) -> None:
    """Put `text` into the editor in place of what is there."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def await_verdict(page: Page, verdict: str) -> None:
    """Wait until the result on the page is `verdict`."""
    expect(page.locator("#result[data-status='done']")).to_be_visible(timeout=VERDICT_MS)
    expect(page.locator("#result")).to_have_attribute("data-verdict", verdict)


def submit(page: Page, text: str, verdict: str) -> None:
    """Write `text`, send it by Ctrl+Enter, and wait for `verdict`."""
    write(page, text)
    page.evaluate("document.getElementById('result')?.remove()")  # an earlier verdict is not the one to wait for
    page.keyboard.press("Control+Enter")
    await_verdict(page, verdict)
