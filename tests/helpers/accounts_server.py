"""A judge with accounts in the test's process, and browsers of it: clients that keep cookies."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.store.store import Store
from judge.web.app import create_app
from tests.helpers.doubles import ObedientGrader
from tests.helpers.people import PASSWORD

ADDRESS = "198.51.100.7"


@dataclass
class Site:
    """A running application."""

    app: Any
    stack: contextlib.AsyncExitStack

    @property
    def store(self) -> Store:
        store: Store = self.app.state.service.store
        return store

    async def browser(self, address: str = ADDRESS, **headers: str) -> httpx.AsyncClient:
        """A browser at an address, signed out."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 5000))
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60, headers=headers)
        return await self.stack.enter_async_context(client)

    async def signed_in(self, name: str, address: str = ADDRESS) -> httpx.AsyncClient:
        """A browser in which `name` has signed in with PASSWORD."""
        browser = await self.browser(address)
        assert (await sign_in(browser, name)).status_code == 303
        return browser


@contextlib.asynccontextmanager
async def serving(settings: Settings, catalog: Catalog) -> AsyncIterator[Site]:
    """Run an application until the block ends."""
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app), contextlib.AsyncExitStack() as stack:
        yield Site(app, stack)


async def sign_in(browser: httpx.AsyncClient, name: str, password: str = PASSWORD, target: str = "/") -> httpx.Response:
    """Send the form of /sign-in."""
    return await browser.post("/sign-in", data={"name": name, "password": password, "next": target})


def text_of(page: httpx.Response) -> str:
    """The text of a page without its markup and nonces."""
    body = re.search(r"<main.*</main>", page.text, re.DOTALL)
    assert body, page.text[:500]
    return " ".join(re.sub(r"<[^>]+>", " ", body[0]).split())
