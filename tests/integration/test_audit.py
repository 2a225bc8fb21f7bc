"""The audit log: what is written into it, and who reads it."""

import shutil

import pytest

from judge.account import Role
from judge.assignment import Assignment
from judge.store.records import NewSubmission
from tests.helpers.accounts_server import serving
from tests.helpers.class_rows import make_class
from tests.helpers.people import account, token

pytestmark = pytest.mark.pages

ADMIN = {"Authorization": "Bearer the-admins-token"}


@pytest.fixture
async def site(database, settings_of, sqlite_template, catalog):
    settings = settings_of(database, access="accounts", workers=0)
    if settings.embedded:
        settings.data.mkdir(exist_ok=True)
        shutil.copy(sqlite_template, settings.data)
    async with serving(settings, catalog) as site:
        await account(site.store, "ann")
        await account(site.store, "olga", Role.OPERATOR)
        yield site


async def sent(site, name: str = "ann") -> str:
    user = await site.store.accounts.users.by_name(name)
    new = NewSubmission(problem="twice", source="x = 1", submitter=user.submitter, owner=user.owner, package="p")
    return (await site.store.submissions.submit(new)).submission_id


async def log(site) -> list[tuple[str, str, str]]:
    return [(each.actor, each.action, each.target) for each in await site.store.accounts.audit.newest()]


READS = ["/api/submissions/{}", "/submissions/{}", "/api/submissions/{}/events?", "/api/submissions?detail=full"]
READS += ["/problems/twice?from={}", "/api/submissions/{}/repro.py", "/submissions/{}/live"]
READS += ["/problems/twice/compare?left={0}&right={0}"]


@pytest.mark.parametrize("path", READS)
async def test_reading_the_source_of_another_is_noted_once_an_hour(site, path: str) -> None:
    place = path.format(submission := await sent(site))
    browser, owner = await site.signed_in("olga"), await site.signed_in("ann")
    if "events" in path or "live" in path:
        await site.store.submissions.cancel(submission)  # a stream that ends
    await owner.get(place)
    assert await log(site) == []
    for _ in range(2):
        await browser.get(place)
    assert await log(site) == [("user:olga", "submission.read", submission)]
    program = await site.browser(**ADMIN)
    await program.get(place)
    assert (await log(site))[0] == ("operator", "submission.read", submission)


async def test_what_the_staff_of_a_class_read_of_its_learners_is_noted(site) -> None:
    await account(site.store, "teacher")
    week = Assignment(slug="week-1", title="Freezing", problems=("twice",))
    await make_class(site.store, [week], staff=["teacher"], learners=["ann"])
    submission = await sent(site)
    browser = await site.signed_in("teacher")
    assert (await browser.get(f"/api/submissions/{submission}")).json()["source"] == "x = 1"
    assert ("user:teacher", "submission.read", submission) in await log(site)
    assert (await browser.delete(f"/api/submissions/{submission}")).status_code == 403


async def test_lists_and_own_work_are_not_noted(site) -> None:
    await sent(site)
    own = await sent(site, "olga")
    browser = await site.signed_in("olga")
    for path in ("/api/submissions", "/submissions?whose=all", f"/api/submissions/{own}", f"/submissions/{own}"):
        assert (await browser.get(path)).status_code == 200
    assert await log(site) == []


async def test_cancelling_the_submission_of_another_is_noted_and_of_oneself_not(site) -> None:
    submission, own = await sent(site), await sent(site, "olga")
    browser = await site.signed_in("olga")
    for each in (submission, own):
        assert (await browser.delete(f"/api/submissions/{each}")).status_code == 200
    assert ("user:olga", "submission.cancel", submission) in await log(site)
    assert own not in {target for _, _, target in await log(site)}


async def test_stopping_the_submission_of_another_is_noted_and_of_oneself_not(site) -> None:
    browser = await site.signed_in("olga")
    submission, own = await sent(site), await sent(site, "olga")
    for each in (submission, own):
        assert (await browser.post(f"/api/submissions/{each}/stop")).status_code == 200
    assert ("user:olga", "submission.stop", submission) in await log(site)
    assert own not in {target for _, _, target in await log(site)}


async def test_rejudges_are_noted_with_their_problem(site) -> None:
    ends = {}
    olga = await site.store.accounts.users.by_name("olga")
    program = await site.browser(**await token(site.store, olga))
    for end in ("apply", "cancel"):
        begun = (await program.post("/api/rejudges", json={"problem": "twice"})).json()
        ends[end] = begun["id"]
        assert (await program.post(f"/api/rejudges/{begun['id']}/{end}")).status_code == 200
    found = await log(site)
    for end, rejudge in ends.items():
        assert ("user:olga", "rejudge.begin", rejudge) in found
        assert ("user:olga", f"rejudge.{end}", rejudge) in found
    newest = (await site.store.accounts.audit.newest(limit=1))[0]
    assert newest.detail == {"problem": "twice"}


async def test_without_accounts_nothing_is_noted(settings_of, catalog) -> None:
    async with serving(settings_of("", access="open", workers=0), catalog) as site:
        program = await site.browser(**ADMIN)
        assert (await program.post("/api/rejudges", json={"problem": "twice"})).status_code == 201
        assert await log(site) == []
        assert (await program.get("/api/audit")).status_code == 404
        assert (await program.get("/audit")).status_code == 404


async def test_operators_read_it_page_by_page_newest_first(site) -> None:
    for number in range(105):
        await site.store.accounts.audit.add("cli", "user.add", f"user:{number}")
    browser = await site.signed_in("olga")
    first = (await browser.get("/api/audit", params={"limit": 100})).json()
    second = (await browser.get("/api/audit", params={"limit": 100, "before": first["next"]})).json()
    items = [*first["items"], *second["items"]]
    assert {each["target"] for each in items} == {f"user:{number}" for number in range(105)}
    assert [each["id"] for each in items] == sorted((each["id"] for each in items), reverse=True)
    assert len(first["items"]) == 100
    assert second["next"] is None
    [one] = (await browser.get("/api/audit", params={"target": "user:7"})).json()["items"]
    assert (one["actor"], one["action"], one["detail"]) == ("cli", "user.add", {})
    page = await browser.get("/audit")
    assert page.text.count("<tr>") == 101
    older = page.text.split('href="/audit?')[1].split('"')[0].replace("&amp;", "&")
    assert (await browser.get(f"/audit?{older}")).text.count("<tr>") == 6
    for bad in ("x", "a%00b", "' OR 1=1"):
        assert (await browser.get(f"/api/audit?before={bad}")).status_code == 422
        assert (await browser.get(f"/audit?before={bad}")).status_code == 404


async def test_learners_and_strangers_do_not_read_it(site) -> None:
    learner, stranger = await site.signed_in("ann"), await site.browser()
    assert [(await each.get("/api/audit")).status_code for each in (learner, stranger)] == [403, 401]
    assert (await learner.get("/audit")).status_code == 403
