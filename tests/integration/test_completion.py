"""The table of names over HTTP: made at the first request, then kept by browsers for ever."""

import asyncio
import contextlib
import gzip
import json

import httpx
import pytest

from judge.problems.catalog import Catalog
from judge.settings import Settings
from judge.web.app import create_app
from judge.web.completion import table as tables
from tests.helpers.doubles import ObedientGrader

SMALL = gzip.compress(json.dumps({"versions": {}, "modules": {"jax": {}}}).encode())


@contextlib.asynccontextmanager
async def serving(tmp_path):
    settings = Settings(data=tmp_path, cache=tmp_path / "cache", workers=0)
    app = create_app(settings, catalog=Catalog([]), make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            yield client, app.state.service.completion


@pytest.fixture
def quick(monkeypatch):
    """A process that needs no time; what it would do is tested with the table."""

    async def made() -> bytes:
        await asyncio.sleep(0)
        return SMALL

    monkeypatch.setattr(tables, "_made", made)


async def test_the_first_request_starts_it_and_a_later_one_gets_it(tmp_path, quick):
    async with serving(tmp_path) as (client, table):
        first = await client.get(f"/completion/{table.key}")
        assert first.status_code == 202
        assert int(first.headers["retry-after"]) > 0
        assert first.headers["cache-control"] == "no-store"
        await asyncio.sleep(0.1)
        second = await client.get(f"/completion/{table.key}")
        assert second.status_code == 200
        assert second.headers["content-encoding"] == "gzip"
        assert "immutable" in second.headers["cache-control"]
        assert second.json() == json.loads(gzip.decompress(SMALL))
        plain = await client.get(f"/completion/{table.key}", headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.json() == second.json()


async def test_an_older_page_is_led_to_the_table_of_today(tmp_path, quick):
    async with serving(tmp_path) as (client, table):
        answer = await client.get("/completion/of-yesterday")
        assert answer.status_code == 307
        assert answer.headers["location"] == f"/completion/{table.key}"


async def test_where_it_cannot_be_made_the_answer_says_so(tmp_path, monkeypatch):
    async def fails() -> bytes:
        raise RuntimeError("no module named jax")

    monkeypatch.setattr(tables, "_made", fails)
    async with serving(tmp_path) as (client, table):
        assert (await client.get(f"/completion/{table.key}")).status_code == 202
        await asyncio.sleep(0.05)
        answer = await client.get(f"/completion/{table.key}")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:judge:no-completion"
