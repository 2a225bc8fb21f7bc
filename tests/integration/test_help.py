"""/help: the documents as pages, as the application serves them."""

import contextlib
import re

import httpx
import pytest

from judge.settings import Settings
from judge.web.app import create_app
from judge.web.documents import read_documents
from tests.helpers.doubles import ObedientGrader


@pytest.fixture
async def site(settings_of, catalog):
    settings: Settings = settings_of("").model_copy(update={"workers": 0})
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        yield await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://judge"))


async def test_every_document_is_a_page_that_the_index_links_to_and_whose_links_lead_somewhere(site) -> None:
    index = await site.get("/help")
    assert index.status_code == 200
    documents = read_documents()
    assert set(re.findall(r'href="(/help/[^"]+)"', index.text)) == {f"/help/{name}" for name in documents}
    pages = {f"/help/{name}": (await site.get(f"/help/{name}")) for name in documents}
    assert {url for url, page in pages.items() if page.status_code != 200} == set()
    for url, page in pages.items():
        for link in re.findall(r'href="(/help/[^"]+)"', page.text):
            target, _, anchor = link.partition("#")
            assert target in pages, (url, link)
            assert not anchor or f'id="{anchor}"' in pages[target].text, (url, link)
        for anchor in re.findall(r'href="#([^"]+)"', page.text):
            assert f'id="{anchor}"' in page.text, (url, anchor)


async def test_a_page_has_the_headers_and_the_navigation_of_other_pages(site) -> None:
    page, other = await site.get("/help/api"), await site.get("/status")
    nonce = re.compile(r"nonce-[\w-]+")
    for name in ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control", "vary"):
        assert nonce.sub("", page.headers[name]) == nonce.sub("", other.headers[name])
    assert '<a href="/help" aria-current="page">Help</a>' in page.text
    assert '<a href="/help">Help</a>' in other.text
    assert "<h1>HTTP API</h1>" in page.text
    assert "<!--" not in page.text.replace("&lt;!--", "<!--")  # marks of generated parts


@pytest.mark.parametrize("name", ["none", "..%2f..%2fpyproject.toml", "api.md", "docs/api", "API", "x" * 500])
async def test_any_other_name_is_404_as_a_page(site, name: str) -> None:
    answer = await site.get(f"/help/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


async def test_a_script_gets_the_refusal_as_problem_details(site) -> None:
    answer = await site.get("/help/none", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:judge:unknown-document")
