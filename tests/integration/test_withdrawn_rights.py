"""Rights that are withdrawn while a request waits or a stream is open are gone before the verdict comes."""

import asyncio
import contextlib

import httpx
import pytest

from judge.account import Role
from judge.web.app import create_app
from judge.web.first_operator import offer_setup
from tests.helpers.doubles import ObedientGrader
from tests.helpers.people import account, session, token

SECRET = "how_it_was_done"
SLOW = f"{SECRET} = 1\n# seconds: 2\n"


@contextlib.asynccontextmanager
async def serving(settings, catalog):
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("198.51.100.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            yield client, app.state.service.store


@pytest.mark.parametrize("is_disabled", [True, False])
@pytest.mark.parametrize("way", ["?wait=20", "/events", "live"])
async def test_who_was_disabled_meanwhile_does_not_get_the_report(settings_of, catalog, way, is_disabled) -> None:
    async with serving(settings_of("", access="accounts"), catalog) as (client, store):
        ann, olga = await account(store, "ann"), await account(store, "olga", Role.OPERATOR)
        body = {"problem": "twice", "source": SLOW}
        sent = await client.post("/api/submissions", json=body, headers=await session(store, ann))
        place = f"/submissions/{sent.json()['id']}"
        address = f"{place}/live" if way == "live" else f"/api{place}{way}"
        waiting = asyncio.create_task(client.get(address, headers=await token(store, olga)))
        await asyncio.sleep(0.5)
        if is_disabled:
            await store.accounts.users.disable(olga.id)
        answer = await waiting
        done = await store.submissions.wait(sent.json()["id"], 20)
    assert done.verdict == "accepted"
    ends = {"?wait=20": '"report":{', "/events": "event: report", "live": "event: end"}
    assert (ends[way] in answer.text.replace('"report": {', '"report":{')) == (not is_disabled), answer.text[:300]


async def test_the_link_of_the_first_operator_makes_none_once_there_is_one(settings_of, catalog) -> None:
    settings = settings_of("", access="accounts", workers=0)
    async with serving(settings, catalog) as (client, store):
        link = await offer_setup(store, settings)
        assert link is not None
        place = "/setup" + link.partition("/setup")[2]
        assert (await client.get(place)).status_code == 200
        await account(store, "olga", Role.OPERATOR)
        assert (await client.get(place)).status_code == 403
        form = {"token": place.partition("=")[2], "name": "eve", "password": "correct horse battery"}
        assert (await client.post("/setup", data=form)).status_code == 403
        assert [each.name for each in await store.accounts.users.all()] == ["olga"]
