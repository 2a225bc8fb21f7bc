"""A database from before accounts: its submissions stay, and each reaches whoever sent it by the secret they have."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from judge.report import Report
from judge.store import migrate as module
from judge.verdict import Verdict
from judge.web.access import owner_of
from judge.web.visitor_cookie import VISITOR_COOKIE, Visitor
from tests.helpers.accounts_server import serving, sign_in
from tests.helpers.people import account
from tests.integration.test_migrations import empty, postgres_name, upgrade_to  # noqa: F401 - fixtures

BEFORE = "0006_summaries"
IDS = [f"0192f000-0000-7000-8000-00000000000{number}" for number in range(4)]
VISITOR = Visitor(token="v" * 27, is_new=False)
TOKEN = "a-token-that-a-program-chose"
OWNERS = [VISITOR.submitter, VISITOR.submitter, owner_of(TOKEN), ""]


@pytest.fixture
def old(empty: str, settings_of):  # noqa: F811
    """Settings of a judge on a database of the revision before accounts, with submissions of a browser and others."""
    upgrade_to(empty, BEFORE)
    tables = sa.MetaData()
    with module._connected(empty) as connection:
        tables.reflect(connection)
        assert "users" not in tables.tables
        for place, (name, owner) in enumerate(zip(IDS, OWNERS, strict=True)):
            insert(connection, tables, name, owner, place)
    embedded = empty.startswith("sqlite")
    settings = settings_of("" if embedded else empty.replace("+psycopg", ""), workers=0)
    return settings.model_copy(update={"data": Path(sa.make_url(empty).database).parent}) if embedded else settings


def insert(connection, tables: sa.MetaData, name: str, owner: str, place: int) -> None:
    now = datetime.now(UTC)
    report = Report(problem="twice", verdict=Verdict.ACCEPTED).to_json()
    shared = {"id": name, "problem": "twice", "source_sha256": "s", "submitter": owner or "ip:1.2.3.4", "created": now}
    one = {**shared, "source": f"mine_{place} = 1", "owner": owner, "judging_id": name, "request_sha256": "r"}
    judged = {**shared, "submission_id": name, "package": "p", "seed": 0, "samples_only": False, "priority": 1}
    judged |= {
        "tag": 0,
        "status": "done",
        "verdict": "accepted",
        "score": 1.0,
        "finished": now,
        "summary": report["summary"],
    }
    connection.execute(sa.insert(tables.tables["submissions"]).values(one))
    connection.execute(sa.insert(tables.tables["judgings"]).values({**judged, "report": report}))


@pytest.mark.parametrize("access", ["local", "open"])
async def test_without_accounts_all_stays_as_it_was(old, catalog, access: str) -> None:
    async with serving(old.model_copy(update={"access": access}), catalog) as site:
        stranger = await site.browser()
        listed = (await stranger.get("/api/submissions")).json()["items"]
        assert {each["id"] for each in listed} == set(IDS)
        browser = await site.browser(Cookie=f"{VISITOR_COOKIE}={VISITOR.token}")
        program = await site.browser(Authorization=f"Bearer {TOKEN}")
        for client, mine in ((browser, IDS[:2]), (program, IDS[2:3]), (stranger, [])):
            read = [name for name in IDS if (await client.get(f"/api/submissions/{name}")).json()["readable"]]
            assert read == mine


async def test_with_accounts_each_is_reached_by_its_secret_and_joins_its_account(old, catalog) -> None:
    async with serving(old.model_copy(update={"access": "accounts"}), catalog) as site:
        await account(site.store, "ann")
        browser = await site.browser(Cookie=f"{VISITOR_COOKIE}={VISITOR.token}")
        program = await site.browser(Authorization=f"Bearer {TOKEN}")
        stranger = await site.browser()
        for client, mine in ((browser, IDS[:2]), (program, IDS[2:3]), (stranger, [])):
            found = [(await client.get(f"/api/submissions/{name}")).status_code for name in IDS]
            assert found == [200 if name in mine else 404 for name in IDS]
        await sign_in(browser, "ann")
        ann = await site.store.accounts.users.by_name("ann")
        sources = [(await site.store.submissions.get(name)).source for name in IDS]
        assert sources == [f"mine_{place} = 1" for place in range(4)]
        owners = [(await site.store.submissions.get(name)).owner for name in IDS]
        assert owners == [ann.owner, ann.owner, owner_of(TOKEN), ""]
        adopted = await (await site.signed_in("ann")).post("/api/me/adopt", json={"token": TOKEN})
        assert adopted.json() == {"joined": 1}
        mine = await (await site.signed_in("ann")).get("/api/submissions")
        assert {each["id"] for each in mine.json()["items"]} == set(IDS[:3])
