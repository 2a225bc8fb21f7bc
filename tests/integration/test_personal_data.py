"""Taking along and erasing all that is stored about a person."""

import asyncio
import hashlib
import io
import json
import shutil
import zipfile
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from judge.account import Role
from judge.report import Report
from judge.store.accounts import personal
from judge.store.accounts.faults import LastOperator, UnknownUser
from judge.store.accounts.tables import audit, identities, one_time, passkeys, users
from judge.store.classes.tables import classes, members
from judge.store.ids import new_id
from judge.store.records import Filter, NewSubmission, NewWebhook
from judge.store.schema import judgings, metadata, submissions, webhooks
from judge.verdict import Verdict
from judge.web import export_data
from tests.helpers.accounts_server import serving, sign_in, text_of
from tests.helpers.people import account, token

SECRET = "how_ann_did_it"
SOURCE = f"{SECRET} = 1\n# verdict: wrong_answer\n"


@pytest.fixture
def ready(database, settings_of, sqlite_template):
    settings = settings_of(database, access="accounts", workers=1)
    if settings.embedded:
        settings.data.mkdir(exist_ok=True)
        shutil.copy(sqlite_template, settings.data)
    return settings


@pytest.fixture(params=["anonymize", "delete"])
def how(request) -> str:
    return request.param


@pytest.fixture
async def site(ready, catalog):
    async with serving(ready, catalog) as site:
        await account(site.store, "ann")
        yield site


async def sent(site, user, source: str = SOURCE, wait: float = 30, **more):
    digest = site.app.state.service.catalog.get("twice").digest
    new = NewSubmission(
        problem="twice",
        source=source,
        submitter=user.submitter,
        owner=user.owner,
        network="198.51.100.7",
        package=digest,
        **more,
    )
    taken = await site.store.submissions.submit(new)
    return await site.store.submissions.wait(taken.submission_id, wait)


async def rows(site, query) -> list:
    async with site.store.transactions.reading() as connection:
        return (await connection.execute(query)).all()


async def fill(site, user) -> None:
    """Let every table have a row that refers to an account."""
    now, class_id = datetime.now(UTC), new_id()
    some = {
        identities: {"issuer": "https://idp", "subject": "s-1", "created": now},
        passkeys: {"id": "key", "public_key": b"public", "sign_count": 0, "name": "phone", "created": now},
        members: {"class_id": class_id, "role": "learner", "joined": now},
    }
    await token(site.store, user)
    async with site.store.transactions.writing() as tx:
        await tx.connection.execute(
            sa.insert(classes).values(id=class_id, slug="ml", title="Deep learning", created=now)
        )
        for table, values in some.items():
            await tx.connection.execute(sa.insert(table).values(user_id=user.id, **values))


async def everything(site) -> str:
    """The whole database as text, but for the audit log."""
    found = []
    for table in metadata.sorted_tables:
        if table not in {audit, one_time}:
            found += [str(tuple(row)) for row in await rows(site, sa.select(table))]
    return "\n".join(found)


# --- taking along


async def test_the_file_has_the_account_its_rows_and_every_submission_and_no_secret(site, monkeypatch) -> None:
    monkeypatch.setattr(export_data, "PAGE", 2)
    ann = await site.store.accounts.users.by_name("ann")
    bob = await account(site.store, "bob")
    await fill(site, ann)
    mine = [await sent(site, ann, f"{SOURCE}# {number}\n") for number in range(5)]
    await sent(site, bob, "bobs_own = 1\n")
    browser = await site.signed_in("ann")
    answer = await browser.post("/account/data/export")
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="judge-ann.zip"' in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    names = {f"submissions/{each.id}.{kind}" for each in mine for kind in ("py", "json")}
    assert set(texts) == {"account.json", *names}
    one = json.loads(texts[f"submissions/{mine[0].id}.json"])
    assert (one["verdict"], one["report"]["verdict"], one["problem"]) == ("wrong_answer", "wrong_answer", "twice")
    assert texts[f"submissions/{mine[0].id}.py"] == mine[0].source
    about = json.loads(texts["account.json"])
    assert (about["name"], about["role"]) == ("ann", "learner")
    assert about["members"][0]["slug"] == "ml"
    assert [about[name][0]["name"] for name in ("passkeys", "access_tokens")] == ["phone", "of tests"]
    assert about["identities"][0]["subject"] == "s-1"
    assert len(about["sessions"]) == 1
    whole = "".join(texts.values())
    hashes = [
        row[0]
        for table in ("sessions", "access_tokens")
        for row in await rows(site, sa.select(metadata.tables[table].c.hash))
    ]
    assert not [each for each in (*hashes, "bobs_own", "$argon2") if each in whole]


async def test_an_account_without_submissions_has_a_file_too(site) -> None:
    answer = await (await site.signed_in("ann")).post("/account/data/export")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["account.json"]


async def test_a_third_export_at_once_is_refused_for_a_while(site, monkeypatch) -> None:
    monkeypatch.setattr(export_data, "_running", export_data.AT_ONCE)
    answer = await (await site.signed_in("ann")).post("/account/data/export")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")


async def test_of_many_exports_at_once_two_are_made(site) -> None:
    browser = await site.signed_in("ann")
    answers = await asyncio.gather(*(browser.post("/account/data/export") for _ in range(6)))
    statuses = [each.status_code for each in answers]
    assert set(statuses) == {200, 503}
    assert export_data._running == 0


async def test_an_export_that_is_never_sent_gives_its_place_back(site) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    pieces = await export_data.export_of(site.app.state.service, ann)
    assert export_data._running == 1
    await pieces.aclose()
    assert export_data._running == 0


# --- erasing


async def erased(site, browser, name: str = "ann"):
    return await browser.post("/account/data/erase", data={"name": name})


async def test_nothing_is_erased_until_the_name_is_typed(site) -> None:
    browser = await site.signed_in("ann")
    for typed in ("", "an", "bob", "ann\x00"):
        assert (await erased(site, browser, typed)).status_code == 422
    assert (await browser.get("/api/me")).status_code == 200


async def test_nothing_of_an_erased_person_is_left_but_verdicts_where_the_operator_says_so(ready, catalog, how) -> None:
    async with serving(ready.model_copy(update={"erase": how}), catalog) as site:
        ann = await account(site.store, "ann")
        await fill(site, ann)
        done = await sent(site, ann)
        hook = NewWebhook(url="http://127.0.0.1:1/anns-hook", secret="s")
        keyed = await sent(site, ann, f"{SOURCE}# 2\n", webhook=hook, idempotency_key="token:ann k")
        browser, elsewhere = await site.signed_in("ann"), await site.signed_in("ann")
        answer = await erased(site, browser)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert [(await each.get("/api/me")).status_code for each in (browser, elsewhere)] == [401, 401]
        assert (await sign_in(await site.browser(), "ann")).status_code == 401
        whole = await everything(site)
        for trace in (SECRET, "ann", ann.id, "198.51.100.7", "anns-hook", done.source and hash_of(done.source)):
            assert trace not in whole, trace
        left = await rows(site, sa.select(judgings.c.verdict, judgings.c.time_ms).order_by(judgings.c.id))
        assert [each.verdict for each in left] == (["wrong_answer"] * 2 if how == "anonymize" else [])
        assert [row.id for row in await rows(site, sa.select(submissions.c.id).order_by(submissions.c.id))] == (
            [done.id, keyed.id] if how == "anonymize" else []
        )
        again = await account(site.store, "ann")  # the name is free, and finds nothing
        assert await site.store.submissions.find(Filter(owners=(again.owner,)), None, 10) == []


def hash_of(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()


async def test_every_table_that_refers_to_accounts_is_looked_at(site) -> None:
    referring = {table.name for table, _ in personal._referring()}
    assert {"sessions", "access_tokens", "identities", "passkeys", "members"} <= referring
    assert referring == {t.name for t in metadata.sorted_tables if any(k.column.table is users for k in t.foreign_keys)}


async def test_a_judging_that_another_person_shares_stays_theirs(ready, catalog, how) -> None:
    async with serving(ready.model_copy(update={"erase": how}), catalog) as site:
        ann, bob = await account(site.store, "ann"), await account(site.store, "bob")
        first = await sent(site, ann, reuse=True)
        second = await sent(site, bob, reuse=True)
        assert second.judging_id == first.judging_id
        begun = await site.store.rejudges.begin("twice", "p", [])
        await site.store.accounts.personal.erase(ann, personal.Erase(how))
        stored = await site.store.submissions.get(second.id)
        assert (stored.verdict, stored.source, stored.report["verdict"]) == ("wrong_answer", SOURCE, "wrong_answer")
        [owner] = {row.submission_id for row in await rows(site, sa.select(judgings.c.submission_id))}
        assert owner == second.id
        assert len(await site.store.submissions.history(stored)) == 1
        await site.store.rejudges.cancel(begun.id)
        whole = await everything(site)
        assert ann.submitter not in whole
        assert ann.id not in whole


async def test_a_judging_whose_sharers_have_all_erased_it_keeps_nothing_but_its_verdict(ready, catalog, how) -> None:
    async with serving(ready, catalog) as site:
        ann, bob = await account(site.store, "ann"), await account(site.store, "bob")
        await sent(site, ann, reuse=True)
        second = await sent(site, bob, reuse=True)
        await site.store.accounts.personal.erase(bob, personal.Erase.ANONYMIZE)
        await site.store.accounts.personal.erase(ann, personal.Erase(how))
        whole = await everything(site)
        for trace in (SECRET, "ann", ann.id, bob.id, "198.51.100.7", hash_of(SOURCE)):
            assert trace not in whole, trace
        stored = await site.store.submissions.get(second.id)
        assert (stored.verdict, stored.report["message"]) == ("wrong_answer", personal.ERASED_MESSAGE)


async def test_what_is_sent_or_signed_in_at_the_moment_of_erasing_leaves_nothing(ready, catalog, how) -> None:
    async with serving(ready.model_copy(update={"erase": how, "workers": 0}), catalog) as site:
        ann, browser = await account(site.store, "ann"), await site.signed_in("ann")

        async def submit(number: int) -> int:
            new = {"problem": "twice", "source": f"{SOURCE}# {number}\n"}
            return (await browser.post("/api/submissions", json=new)).status_code

        async def make(number: int) -> int:
            return (await browser.post("/api/tokens", json={"name": f"{number}", "scopes": ["read"]})).status_code

        async def erase() -> int:
            await asyncio.sleep(0.02)
            return (await erased(site, browser)).status_code

        statuses = await asyncio.gather(erase(), *(each(number) for number in range(15) for each in (submit, make)))
        assert statuses[0] == 303
        assert set(statuses[1:]) <= {201, 401, 404}
        whole = await everything(site)
        assert SECRET not in whole
        assert ann.id not in whole
        with pytest.raises(UnknownUser):
            await site.store.accounts.adopt(ann, ["browser:x"])
        with pytest.raises(UnknownUser):
            await site.store.accounts.sessions.begin(ann, "0" * 64, "a browser")


async def test_the_name_of_an_erased_account_brings_nothing_of_it_to_the_next_one(site) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    await site.store.accounts.audit.add(ann.submitter, "submission.read", "earlier", {"submitter": "user:bob"})
    await site.store.accounts.personal.erase(ann, personal.Erase.ANONYMIZE)
    again = await account(site.store, "ann")
    await site.store.accounts.audit.add("cli", "user.add", again.submitter)
    found = await site.store.accounts.personal.records(again)
    assert [each["action"] for each in found["audit"]] == ["user.add"]


async def test_what_still_waits_is_cancelled_and_a_late_verdict_finds_no_place(ready, catalog, how) -> None:
    async with serving(ready.model_copy(update={"erase": how, "workers": 0}), catalog) as site:
        ann = await account(site.store, "ann")
        waiting, running = [await sent(site, ann, f"{SOURCE}# {number}\n", wait=0) for number in range(2)]
        claimed = await site.store.judgings.claim(running.judging_id, "worker")
        assert claimed is not None
        await site.store.accounts.personal.erase(ann, personal.Erase(how))
        report = Report(problem="twice", verdict=Verdict.ACCEPTED, message=SECRET).to_json()
        assert await site.store.judgings.finish(running.judging_id, report) is False
        assert SECRET not in await everything(site)
        statuses = {row.status for row in await rows(site, sa.select(judgings.c.status))}
        assert statuses == ({"cancelled"} if how == "anonymize" else set())
        assert waiting.status == "queued"


async def test_an_operator_sees_of_an_erased_submission_that_it_was_erased(ready, catalog) -> None:
    async with serving(ready, catalog) as site:
        ann = await account(site.store, "ann")
        await account(site.store, "olga", Role.OPERATOR)
        done = await sent(site, ann)
        browser = await site.signed_in("olga")
        before = await browser.get(f"/submissions/{done.id}")
        assert (SECRET in before.text, "has erased it" in before.text) == (True, False)
        await site.store.accounts.personal.erase(ann, personal.Erase.ANONYMIZE)
        page = await browser.get(f"/submissions/{done.id}")
        assert (page.status_code, "has erased it" in page.text, SECRET in page.text) == (200, True, False)
        seen = (await browser.get(f"/api/submissions/{done.id}")).json()
        assert (seen["verdict"], seen["source"], seen["submitter"]) == ("wrong_answer", "", "erased")
        events = await browser.get(f"/api/submissions/{done.id}/events")
        assert "event: report" in events.text
        begun = await site.store.rejudges.begin("twice", "p", [])
        assert begun.total == 0  # there is no source to judge again


@pytest.mark.postgres
async def test_of_the_last_two_operators_who_go_at_once_one_stays(settings_of, postgres_url, catalog) -> None:
    async with serving(settings_of(postgres_url, access="accounts", workers=0), catalog) as site:
        both = [await account(site.store, name, Role.OPERATOR) for name in ("olga", "otto")]
        erase = site.store.accounts.personal.erase
        outcomes = await asyncio.gather(*(erase(each, personal.Erase.DELETE) for each in both), return_exceptions=True)
        assert sorted(map(type, outcomes), key=str) == sorted([LastOperator, type(None)], key=str)
        assert await site.store.accounts.users.has_operator()


async def test_the_last_operator_can_t_be_erased_and_one_of_two_can(ready, catalog) -> None:
    async with serving(ready, catalog) as site:
        await account(site.store, "olga", Role.OPERATOR)
        otto = await account(site.store, "otto", Role.OPERATOR)
        await site.store.accounts.users.disable(otto.id)
        browser = await site.signed_in("olga")
        refused = await erased(site, browser, "olga")
        assert (refused.status_code, "only account that runs the judge" in text_of(refused)) == (409, True)
        assert (await browser.get("/api/me")).status_code == 200
        await site.store.accounts.users.disable(otto.id, disabled=False)
        assert (await erased(site, browser, "olga")).status_code == 303
        assert [each.name for each in await site.store.accounts.users.all()] == ["otto"]
        assert await rows(site, sa.select(webhooks.c.id)) == []
