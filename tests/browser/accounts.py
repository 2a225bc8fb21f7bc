"""A judge with accounts on a thread of the test's process, and Chromium in which somebody is signed in."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page

from judge.accounts.tokens import hash_of, new_secret
from judge.problems.catalog import Catalog
from judge.settings import Settings
from tests.helpers.people import COOKIE, account
from tests.helpers.serving import ThreadedServer
from tests.helpers.tiny_package import write_package


@contextlib.contextmanager
def accounts_server(folder: Path) -> Iterator[ThreadedServer]:
    """A judge with accounts and one small problem; its data are in `folder`."""
    write_package(folder / "problems", "twice")
    settings = Settings(data=folder / "data", access="accounts", workers=0)
    with ThreadedServer(settings, Catalog([folder / "problems"])) as server:
        server.url = f"http://localhost:{server.port}"  # a name, to which passkeys can belong
        yield server


@contextlib.contextmanager
def page_of(browser: Browser, server: ThreadedServer) -> Iterator[Page]:
    """A new browser's page; what its policy forbids or a script throws fails the test."""
    complaints: list[str] = []
    context = browser.new_context(base_url=server.url)
    context.set_default_timeout(20_000)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and not message.text.startswith("Failed to load resource")
            else None
        ),
    )
    yield context.new_page()
    context.close()
    assert not complaints


def sign_in(page: Page, server: ThreadedServer, name: str) -> str:
    """Make an account and sign it in; return its id."""
    accounts = server.service.store.accounts
    user, secret = server.ask(account(server.service.store, name)), new_secret()
    server.ask(accounts.sessions.begin(user, hash_of(secret), "a browser of tests"))
    page.context.add_cookies([{"name": COOKIE, "value": secret, "url": server.url}])
    return str(user.id)
