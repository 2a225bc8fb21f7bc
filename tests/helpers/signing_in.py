"""A judge with accounts in the test's process, and browsers that sign in at identity providers."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from judge.accounts.oidc.provider_client import ProviderClient
from judge.store.store import Store
from judge.web.app import create_app
from tests.helpers.doubles import ObedientGrader
from tests.helpers.people import COOKIE
from tests.helpers.provider import BendableProvider

PLACE = "http://localhost"


@dataclass
class Judge:
    """The application, its store, and a function that makes a new browser."""

    app: Any
    store: Store

    @contextlib.asynccontextmanager
    async def browser(self, address: str = "198.51.100.7") -> AsyncIterator[httpx.AsyncClient]:
        """A browser of its own, with its own cookies."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 5000))
        async with httpx.AsyncClient(transport=transport, base_url=PLACE, timeout=60) as client:
            yield client


@contextlib.asynccontextmanager
async def judge_with(settings, catalog, monkeypatch, *providers: BendableProvider) -> AsyncIterator[Judge]:
    """A judge at which `providers` are configured."""
    for each in providers:
        for part in ("issuer", "client_id", "client_secret"):
            variable = f"JUDGE_OIDC_{each.provider.name}_{part.upper()}"
            monkeypatch.setenv(variable, getattr(each.provider, part))
    settings = type(settings)(**settings.model_dump())  # reads the providers
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    app.state.provider_clients = {
        each.provider.name: ProviderClient(each.provider, each.transport) for each in providers
    }
    async with app.router.lifespan_context(app):
        yield Judge(app, app.state.service.store)


async def begin(client: httpx.AsyncClient, provider: BendableProvider, target: str = "/") -> dict[str, str]:
    """Begin to sign in; return what the provider adds to the callback's address."""
    name = provider.provider.name
    sent = await client.get(f"/sign-in/provider/{name}", params={"next": target})
    assert sent.status_code == 303, sent.text
    return provider.authorize(sent.headers["location"])


async def end(client: httpx.AsyncClient, name: str, answer: dict[str, str]) -> httpx.Response:
    """Come back from a provider."""
    return await client.get(f"/sign-in/provider/{name}/callback?{urlencode(answer)}")


async def whole(client: httpx.AsyncClient, provider: BendableProvider, target: str = "/") -> httpx.Response:
    """Sign in."""
    return await end(client, provider.provider.name, await begin(client, provider, target))


async def name_of(client: httpx.AsyncClient) -> str | None:
    """The account that a browser is signed in as."""
    answer = await client.get("/api/me")
    return answer.json()["name"] if answer.status_code == 200 else None


def refused(response: httpx.Response, status: int, said: str) -> None:
    """A readable page that says why, and no session."""
    assert response.status_code == status, response.text
    assert "text/html" in response.headers["content-type"]
    assert said.lower() in response.text.lower(), response.text
    assert COOKIE not in response.headers.get("set-cookie", "")
