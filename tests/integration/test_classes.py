"""Classes through the application: who finds what, the rules on pages and in the API, and the join link."""

import contextlib
import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import httpx
import pytest
import sqlalchemy as sa

from judge.account import Role, Scope
from judge.assignment import Assignment, Late, Shown
from judge.store.schema import submissions
from judge.verdict import Verdict
from judge.web.app import create_app
from judge.web.pages import class_mistakes, joining
from tests.helpers.class_rows import Sent, make_class, write
from tests.helpers.doubles import ObedientGrader
from tests.helpers.people import account, session, token

pytestmark = pytest.mark.pages

DAY = timedelta(days=1)
WEEK = Assignment(slug="week-1", title="Freezing", problems=("twice", "thrice"))
FILE = """slug = "ml"
title = "Deep learning"
staff = ["ann"]

[[assignments]]
slug = "week-1"
title = "Freezing"
problems = ["twice"]
"""


@contextlib.asynccontextmanager
async def serving(settings, catalog):
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("198.51.100.7", 5000))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            yield client, app.state.service.store


@pytest.fixture
async def judge(settings_of, database, catalog):
    async with serving(settings_of(database, access="accounts", workers=0), catalog) as served:
        yield served


@pytest.fixture
async def light(settings_of, catalog):
    """The same on SQLite alone, where the database makes no difference."""
    async with serving(settings_of("", access="accounts", workers=0), catalog) as served:
        yield served


async def people_of(store) -> dict:
    """Accounts: staff of `ml`, its learner, a learner and a staff of `other`, somebody, and an operator."""
    names = ["ann", "bob", "cy", "dee", "eve"]
    users = {name: await account(store, name) for name in names}
    users["olga"] = await account(store, "olga", Role.OPERATOR)
    await make_class(store, [WEEK], ["ann"], ["bob"])
    await make_class(store, [WEEK], ["dee"], ["cy"], slug="other", title="Other")
    return users


STAFF = [
    "/classes/ml/gradebook",
    "/classes/ml/mistakes",
    "/classes/ml/edit",
    "/api/classes/ml/gradebook",
    "/api/classes/ml",
]
MEMBERS = ["/classes/ml", "/classes/ml/assignments/week-1"]


async def test_members_find_their_class_staff_its_results_and_strangers_none_of_it(light) -> None:
    client, store = light
    users = await people_of(store)
    expected = {
        "ann": (200, 200),
        "bob": (200, 403),
        "cy": (404, 404),
        "dee": (404, 404),
        "eve": (404, 404),
        "olga": (200, 200),
    }
    for name, (member, staff) in expected.items():
        headers = await session(store, users[name])
        client.cookies.clear()
        found = [(await client.get(url, headers=headers)).status_code for url in MEMBERS]
        assert found == [member] * len(MEMBERS), name
        found = [(await client.get(url, headers=headers)).status_code for url in STAFF]
        assert found == [staff] * len(STAFF), name
        changed = await client.put(
            "/api/classes/ml", content=FILE, headers={**headers, "Content-Type": "application/toml"}
        )
        assert changed.status_code == staff, name
        for url in ("join-link", "members"):
            posted = await client.post(
                f"/classes/ml/{url}", data={"action": "disable", "remove": "nobody"}, headers=headers
            )
            assert (posted.status_code in (303, 404)) if staff == 200 else posted.status_code == staff, (name, url)


async def test_the_list_has_ones_own_classes_and_the_navigation_shows_it(light) -> None:
    client, store = light
    users = await people_of(store)
    for name, slugs in {"bob": ["ml"], "dee": ["other"], "eve": [], "olga": ["other", "ml"]}.items():
        headers = await session(store, users[name])
        client.cookies.clear()
        listed = (await client.get("/api/classes", headers=headers)).json()
        assert [each["slug"] for each in listed] == slugs, name
        assert ('href="/classes"' in (await client.get("/", headers=headers)).text) == bool(slugs), name
    assert 'href="/classes"' not in (await client.get("/")).text


async def test_staff_read_what_their_learners_send_and_nobody_elses(judge) -> None:
    client, store = judge
    users = await people_of(store)
    sent = [Sent(owner=users[name].owner) for name in ("bob", "cy")] + [Sent(owner=users["bob"].owner, problem="other")]
    await write(store, sent)
    headers = await session(store, users["ann"])
    found = [(await client.get(f"/api/submissions/{each.id}", headers=headers)).status_code for each in sent]
    assert found == [200, 404, 404]
    assert (await client.get("/classes/ml/gradebook", headers=headers)).text.count("/submissions/") == 1
    cancelled = await client.delete(f"/api/submissions/{sent[0].id}", headers=headers)
    assert cancelled.status_code == 403


async def test_an_earlier_submission_is_opened_only_by_who_may_read_it(light) -> None:
    client, store = light
    users = await people_of(store)
    sent = [Sent(owner=users["bob"].owner)]
    await write(store, sent)
    async with store.transactions.writing() as tx:
        await tx.connection.execute(sa.update(submissions).values(source="how_bob_did_it = 1\n"))

    async def seen(headers, submission_id: str = sent[0].id) -> tuple[int, bool]:
        client.cookies.clear()
        page = await client.get("/problems/twice", params={"from": submission_id}, headers=headers)
        return page.status_code, "how_bob_did_it" in page.text

    may = [await session(store, users[name]) for name in ("bob", "ann", "olga")]
    may.append(await token(store, users["bob"], [Scope.READ]))
    assert [await seen(each) for each in may] == [(200, True)] * 4
    others = [*[await session(store, users[name]) for name in ("cy", "eve")], {}]
    assert [await seen(each) for each in others] == [(404, False)] * 3  # as one that does not exist
    assert await seen(may[0], "0192f000-0000-7000-8000-ffffffffffff") == (404, False)
    lacking = [await token(store, users["olga"], [each]) for each in (Scope.SUBMIT, Scope.AUTHOR, Scope.OPERATE)]
    assert [await seen(each) for each in lacking] == [(403, False)] * 3


@pytest.mark.parametrize("name", ["%00", "a%00b", "x" * 5_000, "..%2Fml", "%E2%80%AE"])
async def test_names_that_no_class_and_no_person_can_have_are_unknown(name, judge) -> None:
    client, store = judge
    users = await people_of(store)
    headers = await session(store, users["ann"])
    for path in ("", "/edit", "/gradebook", "/mistakes", "/assignments/week-1"):
        assert (await client.get(f"/classes/{name}{path}", headers=headers)).status_code == 404
    data = {"remove": unquote(name)}
    assert (await client.post(f"/classes/{name}/members", data=data, headers=headers)).status_code == 404
    assert (await client.post("/classes/ml/members", data=data, headers=headers)).status_code == 404


async def test_only_operators_make_a_class_and_add_people_by_name(light) -> None:
    client, store = light
    users = await people_of(store)
    toml = {"Content-Type": "text/x-toml"}
    new = FILE.replace('"ml"', '"new-one"')
    staff, operator = await session(store, users["ann"]), await session(store, users["olga"])
    refused = await client.put("/api/classes/new-one", content=new, headers={**staff, **toml})
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:judge:unknown-class")
    assert (await client.get("/classes/new", headers=staff)).status_code == 403
    made = await client.put("/api/classes/new-one", content=new, headers={**operator, **toml})
    assert made.json() == {
        "slug": "new-one",
        "title": "Deep learning",
        "staff": 1,
        "learners": 0,
        "assignments": ["week-1"],
    }
    with_eve = 'learners = ["bob", "eve"]\n' + FILE
    refused = await client.put("/api/classes/ml", content=with_eve, headers={**staff, **toml})
    assert refused.status_code == 422
    assert "only operators add learners by name" in refused.json()["detail"]
    assert (await client.put("/api/classes/ml", content=with_eve, headers={**operator, **toml})).status_code == 200
    assert (await client.put("/api/classes/ml", content=with_eve, headers={**staff, **toml})).status_code == 200
    author = await token(store, users["olga"], [Scope.AUTHOR])
    reader = await token(store, users["olga"], [Scope.READ])
    assert (await client.put("/api/classes/ml", content=FILE, headers={**author, **toml})).status_code == 200
    assert (await client.put("/api/classes/ml", content=FILE, headers={**reader, **toml})).status_code == 403
    actions = {(each.actor, each.action, each.target) for each in await store.accounts.audit.newest()}
    assert ("user:olga", "class.add", "class:new-one") in actions
    assert ("user:ann", "class.change", "class:ml") in actions


async def test_what_is_exported_is_taken_back(light) -> None:
    client, store = light
    users = await people_of(store)
    headers = {**await session(store, users["olga"]), "Content-Type": "application/toml"}
    text = (await client.get("/api/classes/ml", headers=headers)).text
    assert 'learners = ["bob"]' in text
    assert (await client.put("/api/classes/ml", content=text, headers=headers)).status_code == 200
    assert (await client.get("/api/classes/ml", headers=headers)).text == text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (FILE.replace('["twice"]', '["twise"]'), "class.toml:8: there is no problem `twise`; did you mean `twice`?"),
        (FILE.replace('"ann"', '"nobody"'), "there are no accounts with these names: nobody"),
        (FILE.replace('"ml"', '"mm"'), "class.toml:1: the slug of this class is `ml`"),
        (FILE.replace("title", "titel"), "unknown key `titel`; did you mean `title`?"),
    ],
)
async def test_faults_of_a_file_are_listed_by_the_api_and_on_the_page(text, fault, light) -> None:
    client, store = light
    users = await people_of(store)
    headers = await session(store, users["olga"])
    refused = await client.put("/api/classes/ml", content=text, headers={**headers, "Content-Type": "application/toml"})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:judge:invalid-class")
    assert fault in refused.json()["detail"]
    assert refused.json()["errors"][0]["where"].startswith("class.toml")
    page = await client.post("/classes/ml/edit", files={"text": (None, text)}, headers=headers)
    assert page.status_code == 422
    shown = re.sub("<[^>]+>", "", page.text).replace("&#39;", "'")
    assert fault.replace("`", "") in shown.replace("`", "")
    assert (await store.classes.description("ml")).title == "Deep learning"


async def test_a_class_is_made_and_edited_by_the_form(light) -> None:
    client, store = light
    headers = await session(store, (await people_of(store))["olga"])
    text = FILE.replace('"ml"', '"third"').replace("\n", "\r\n")  # as a browser sends it
    made = await client.post("/classes", files={"text": (None, text)}, headers=headers)
    assert (made.status_code, made.headers["location"]) == (303, "/classes/third")
    page = (await client.get("/classes/third/edit", headers=headers)).text
    assert "[[assignments]]" in page
    edited = await client.post(
        "/classes/third/edit",
        files={"text": (None, "ignored"), "file": ("a.toml", text.replace("Deep", "Deeper"))},
        headers=headers,
    )
    assert edited.status_code == 303
    assert (await store.classes.description("third")).title == "Deeper learning"


async def test_a_join_link_is_shown_once_lets_people_join_and_can_be_disabled(light, monkeypatch) -> None:
    client, store = light
    users = await people_of(store)
    staff, eve = await session(store, users["ann"]), await session(store, users["eve"])
    page = await client.post("/classes/ml/join-link", data={"action": "new"}, headers=staff)
    link = re.search(r"http://localhost(/join/[\w-]+)", page.text)[1]
    assert link not in (await client.get("/classes/ml", headers=staff)).text
    client.cookies.clear()
    anonymous = await client.get(link)
    assert anonymous.headers["location"].startswith("/sign-in?next=%2Fjoin%2F")
    assert "Deep learning" in (await client.get(link, headers=eve)).text
    joined = await client.post(link, headers=eve)
    assert joined.headers["location"] == "/classes/ml"
    assert (await client.get("/classes/ml", headers=eve)).status_code == 200
    await client.post("/classes/ml/members", data={"remove": "eve"}, headers=staff)
    assert (await client.get("/classes/ml", headers=eve)).status_code == 404
    await client.post("/classes/ml/join-link", data={"action": "disable"}, headers=staff)
    answers = [await client.get(url, headers=eve) for url in (link, "/join/" + "x" * 43)]
    assert {each.status_code for each in answers} == {404}
    assert len({re.sub(r"nonce[^;\"]*|/join/[^\"]*", "", each.text) for each in answers}) == 1
    monkeypatch.setattr(joining, "MOST_WRONG", 2)
    assert (await client.get(link, headers=eve)).status_code == 429
    cy = await session(store, users["cy"])  # at the same address
    assert (await client.get(link, headers=cy)).status_code == 404


def at(assignment: Assignment, **more) -> Assignment:
    return replace(assignment, **more)


async def test_hints_and_solutions_follow_the_strictest_assignment_of_the_learner(light, catalog) -> None:
    client, store = light
    problem = catalog.get("twice")
    assert problem.hints
    users = await people_of(store)
    now = datetime.now(UTC)
    hidden = at(WEEK, due=now + DAY, hints=Shown.AFTER_DUE, solution=Shown.AFTER_DUE)
    await make_class(store, [hidden], ["ann"], ["bob"])

    async def hints_of(headers) -> tuple[int, bool]:
        client.cookies.clear()
        api = (await client.get("/api/problems/twice", headers=headers)).json()
        page = (await client.get("/problems/twice", headers=headers)).text
        return len(api["hint_texts"]), 'id="hints"' in page

    every = {name: await session(store, users[name]) for name in users} | {"nobody": {}}
    shown, nothing = (len(problem.hints), True), (0, False)
    expected = {"bob": nothing, "nobody": nothing, "ann": shown, "cy": shown, "eve": shown, "olga": shown}
    assert {name: await hints_of(every[name]) for name in expected} == expected
    etags = {(await client.get("/api/problems/twice", headers=every[name])).headers["etag"] for name in ("bob", "ann")}
    assert len(etags) == 2
    await make_class(store, [at(hidden, due=now - DAY)], ["ann"], ["bob"])
    assert await hints_of(every["bob"]) == shown
    await make_class(store, [at(WEEK, hints=Shown.NEVER)], ["dee"], ["bob"], slug="other")
    assert await hints_of(every["bob"]) == nothing


async def test_a_solution_stays_hidden_from_who_solved_it_until_the_assignment_is_over(light, catalog) -> None:
    client, store = light
    assert catalog.get("twice").shows_solution_after(Verdict.ACCEPTED)
    users = await people_of(store)
    now = datetime.now(UTC)
    await write(store, [Sent(owner=users[name].owner) for name in ("bob", "eve")])
    headers = {name: await session(store, users[name]) for name in ("bob", "cy", "eve")}

    async def shown(name: str) -> bool:
        client.cookies.clear()
        return 'id="solution"' in (await client.get("/problems/twice", headers=headers[name])).text

    assert [await shown(name) for name in headers] == [True, False, True]
    for due, expected in [(now + DAY, False), (now - DAY, True)]:
        await make_class(store, [at(WEEK, due=due, solution=Shown.AFTER_DUE)], ["ann"], ["bob"])
        assert [await shown(name) for name in headers] == [expected, False, True]
    await make_class(store, [at(WEEK, solution=Shown.NEVER)], ["ann"], ["bob"])
    assert [await shown(name) for name in headers] == [False, False, True]


async def test_the_pages_say_what_counts_before_something_is_sent(judge) -> None:
    client, store = judge
    users = await people_of(store)
    now = datetime.now(UTC)
    bob = await session(store, users["bob"])
    limited = at(WEEK, due=now + DAY, attempts=2)
    await make_class(store, [limited], ["ann"], ["bob"])
    await write(store, [Sent(owner=users["bob"].owner, created=now, verdict=Verdict.WRONG_ANSWER, score=0.5)])
    assert "1 attempt left" in (await client.get("/problems/twice", headers=bob)).text
    page = (await client.get("/classes/ml/assignments/week-1", headers=bob)).text
    assert ("1 attempt left" in page.lower(), "2 attempts left" in page.lower(), "50%" in page) == (True, True, True)
    await write(store, [Sent(owner=users["bob"].owner, created=now)])
    over = "does not count for week-1, because all of its 2 attempts are used"
    assert over in (await client.get("/problems/twice", headers=bob)).text
    assert over in (await client.get("/classes/ml/assignments/week-1", headers=bob)).text
    await make_class(store, [at(WEEK, due=now - DAY)], ["ann"], ["bob"])
    assert "because it is closed" in (await client.get("/problems/thrice", headers=bob)).text
    await make_class(store, [at(WEEK, due=now - DAY, late=Late(penalty=0.25))], ["ann"], ["bob"])
    assert "50% of the score counts now" in (await client.get("/problems/thrice", headers=bob)).text
    client.cookies.clear()
    assert "week-1" not in (await client.get("/problems/thrice")).text
    sent = await client.post("/api/submissions", json={"problem": "twice", "source": "pass"}, headers=bob)
    assert sent.status_code == 201  # practice is never refused


async def test_the_gradebook_is_there_as_page_json_and_csv(judge) -> None:
    client, store = judge
    users = await people_of(store)
    sent = Sent(owner=users["bob"].owner, verdict=Verdict.WRONG_ANSWER, score=0.5)
    await write(store, [sent])
    ann = await session(store, users["ann"])
    found = (await client.get("/api/classes/ml/gradebook", headers=ann)).json()
    [learner] = found["learners"]
    assert learner["assignments"][0]["score"] == 0.25
    assert learner["assignments"][0]["problems"][0]["submission"] == sent.id
    answer = await client.get("/api/classes/ml/gradebook?format=csv&assignment=week-1", headers=ann)
    assert answer.headers["content-disposition"] == 'attachment; filename="ml.csv"'
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows == [["learner", "name", "week-1/twice", "week-1/thrice", "week-1"], ["bob", "bob", "0.5", "", "0.25"]]
    page = (await client.get("/classes/ml/gradebook", headers=ann)).text
    assert f'href="/submissions/{sent.id}"' in page
    unknown = await client.get("/api/classes/ml/gradebook?assignment=week-9", headers=ann)
    assert unknown.json()["type"] == "urn:judge:unknown-assignment"


async def test_learners_see_only_mistakes_that_five_met(light, monkeypatch) -> None:
    client, store = light
    users = await people_of(store)
    wrong = {"verdict": Verdict.WRONG_ANSWER, "score": 0.0}
    await write(store, [Sent(owner=users["bob"].owner, cause="off-by-one", checks=("close",), **wrong)])
    bob, ann = await session(store, users["bob"]), await session(store, users["ann"])
    page = (await client.get("/classes/ml/mistakes", headers=ann)).text
    assert "off-by-one" in page
    assert ">close<" in page
    assert "off-by-one" not in (await client.get("/classes/ml/assignments/week-1", headers=bob)).text
    monkeypatch.setattr(class_mistakes, "LEAST_SHARED", 1)
    assert "off-by-one" in (await client.get("/classes/ml/assignments/week-1", headers=bob)).text


async def test_without_accounts_a_problem_is_read_as_before(settings_of, catalog) -> None:
    async with serving(settings_of("", access="local", workers=0), catalog) as (client, store):
        await make_class(store, [at(WEEK, hints=Shown.NEVER)])
        answer = await client.get("/api/problems/twice")
        assert answer.json()["hint_texts"] == list(catalog.get("twice").hints)
        assert "cache-control" not in answer.headers
