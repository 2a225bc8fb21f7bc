"""The list as a course, what follows a verdict, the timeline of attempts and comparisons, through the application."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from judge.assignment import Assignment, Shown
from judge.problems.catalog import Catalog
from judge.verdict import Verdict
from judge.web.app import create_app
from judge.web.pages import course_routes
from tests.helpers.class_rows import Sent, make_class, write
from tests.helpers.doubles import ObedientGrader
from tests.helpers.people import account, session
from tests.helpers.tiny_package import MANIFEST, write_package
from tests.helpers.waiting import until

COURSE = """[course]
goal = "Double an array"
difficulty = "introductory"
minutes = 7
learned = ["Scaling is a product."]

[track]
name = "Doubling"
order = {order}
after = [{after}]

[[alternatives]]
file = "alternatives/sum.py"
title = "A sum"
why = "Adding is doubling."

[[hints]]
mistakes = ["not-scaled"]
"""
ANSWER = "import jax.numpy as jnp\n\n\ndef twice(x, scale):\n    return 2 * scale * jnp.asarray(x)\n"
SOLUTION = f"# Solution\n\n```python\n{ANSWER}```\n"
MINE = ANSWER.replace("2 * scale", "scale * 2")
DAY = timedelta(days=1)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """`twice`, and `again` which builds on it."""
    folder = tmp_path / "course"
    for slug, order, after in (("twice", 1, ""), ("again", 2, '"twice"')):
        text = MANIFEST.replace("[[hints]]\n", COURSE.format(order=order, after=after)).replace("Twice", slug.title())
        made = write_package(folder, slug, problem_toml=text, solution_md=SOLUTION)
        (made / "alternatives").mkdir()
        (made / "alternatives" / "sum.py").write_text("def twice(x, scale):\n    return (x + x) * scale\n")
    return Catalog([folder])


@contextlib.asynccontextmanager
async def serving(settings, catalog):
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as client:
            yield client, app.state.service.store


@pytest.fixture
async def judge(settings_of, catalog):
    async with serving(settings_of(""), catalog) as served:
        yield served


@pytest.fixture
async def judge_on_both(settings_of, database, catalog):
    async with serving(settings_of(database), catalog) as served:
        yield served


@pytest.fixture
async def school(settings_of, catalog):
    async with serving(settings_of("", access="accounts", workers=0), catalog) as served:
        yield served


async def send(client: httpx.AsyncClient, source: str, slug: str = "twice") -> str:
    """Send by the form as a browser does, wait for the verdict; the id."""
    answer = await client.post(f"/problems/{slug}/submissions", data={"source": source, "action": "submit"})
    assert answer.status_code == 303
    found = answer.headers["location"].rpartition("/")[2]

    async def done() -> bool:
        return (await client.get(f"/api/submissions/{found}")).json()["status"] == "done"

    await until(done, 60)
    return found


async def text_of(client: httpx.AsyncClient, address: str, status: int = 200, **more) -> str:
    """The text of a page, as people read it."""
    answer = await client.get(address, **more)
    assert answer.status_code == status, answer.text
    return " ".join(re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", answer.text, flags=re.DOTALL).split())


async def test_the_list_says_what_each_problem_is_for_and_where_to_go_on(judge) -> None:
    client, _ = judge
    fresh = await text_of(client, "/")
    for text in ("Start with Twice", "0 of 2 solved", "Double an array", "Introductory", "7 min", "builds on Twice"):
        assert text in fresh
    await send(client, "# verdict: wrong_answer\n")
    assert "Continue with Twice" in await text_of(client, "/")
    await send(client, MINE)
    assert "Next Again" in (page := await text_of(client, "/"))
    assert "1 of 2 solved" in page
    await send(client, MINE, "again")
    assert "Every problem here is solved." in await text_of(client, "/")


async def test_the_list_is_filtered_by_state_and_tag(judge) -> None:
    client, _ = judge
    await send(client, MINE)

    async def links(query: str) -> list[str]:
        page = (await client.get(f"/{query}")).text
        return re.findall(r'<h3><a href="/problems/([a-z]+)">', page)

    assert await links("") == ["twice", "again"]
    assert await links("?state=solved") == ["twice"]
    assert await links("?state=open&tag=first") == ["again"]
    assert await links("?tag=none") == []
    assert "Nothing matches these filters" in await text_of(client, "/?state=attempted")
    assert "There is no state `done`" in await text_of(client, "/?state=done", 422)
    assert (await client.get("/", params={"tag": "x" * course_routes.TAG_CHARACTERS})).status_code == 200
    assert (await client.get("/", params={"tag": "x" * (course_routes.TAG_CHARACTERS + 1)})).status_code == 422


async def test_the_api_lists_what_a_package_says_of_its_course(judge) -> None:
    client, _ = judge
    listed = (await client.get("/api/problems")).json()[0]
    assert (listed["goal"], listed["difficulty"], listed["minutes"]) == ("Double an array", "introductory", 7)
    assert (await client.get("/api/problems/twice")).json()["learned"] == ["Scaling is a product."]


async def test_an_accepted_submission_leads_on_in_every_page_and_in_the_stream(judge) -> None:
    client, _ = judge
    before = await text_of(client, "/problems/twice")
    assert 'href="#solution"' not in (await client.get("/problems/twice")).text  # it would lead nowhere
    found = await send(client, MINE)
    everywhere = ("Solved. 1 of 2", "Next: Again", "Scaling is a product.", "Compare yours with the solution")
    page = await text_of(client, "/problems/twice")
    stream = (await client.get(f"/submissions/{found}/live", params={"beside": "true"})).text
    report = await text_of(client, f"/submissions/{found}")
    for text in everywhere:
        assert text not in before
        assert text in page
        assert text in stream
        assert text in report
    assert 'href="#solution"' in (await client.get("/problems/twice")).text
    for text in ("Show solution", "Other ways", "Adding is doubling."):
        assert text not in before
        assert text in page
        assert text in stream
    assert 'class="button primary" href="/problems/again"' in stream
    assert "&lt;section" not in stream
    assert "Solved. 1" not in (await client.get(f"/submissions/{found}/live")).text  # a page that says it elsewhere


async def test_what_follows_belongs_to_the_sender_alone(judge) -> None:
    client, _ = judge
    found = await send(client, MINE)
    client.cookies.clear()
    assert "Solved" not in (await client.get(f"/submissions/{found}/live", params={"beside": "true"})).text
    assert "Next: Again" not in await text_of(client, f"/submissions/{found}")
    assert "Unknown submission" in await text_of(client, f"/problems/twice/compare?left={found}", 404)
    assert "You have not attempted this problem yet" in await text_of(client, "/problems/twice/attempts")


async def test_attempts_are_a_timeline_with_mistakes_and_what_was_fixed(judge) -> None:
    client, _ = judge
    wrong = "# verdict: wrong_answer\n# cause: not-scaled\n"
    await send(client, wrong)
    again = await send(client, wrong + "x = 1\n")
    stream = (await client.get(f"/submissions/{again}/live", params={"beside": "true"})).text
    assert "The same mistake as in your last attempt." in stream
    assert "hints are free" in stream
    assert "Add x to itself." in stream
    assert "The same mistake" in await text_of(client, f"/submissions/{again}")
    last = await send(client, MINE)
    page = await text_of(client, "/problems/twice/attempts")
    assert [page.index(f"Attempt {number}") for number in (3, 2, 1)] == sorted(
        page.index(f"Attempt {number}") for number in (3, 2, 1)
    )
    assert page.count("the mistake not-scaled was made") == 3  # twice made, once fixed
    assert "You fixed: the mistake not-scaled was made" in page
    assert "The same mistake as before." in page
    history = await text_of(client, "/submissions")
    assert "attempt 3" in history
    assert history.count("the mistake not-scaled was made") == 2
    changed = await text_of(client, f"/problems/twice/compare?left={again}&right={last}")
    assert "Attempt 2 and Attempt 3" in changed
    restored = (await client.get("/problems/twice", params={"from": again})).text
    assert "x = 1" in restored


async def test_runs_of_the_samples_are_no_attempts(judge) -> None:
    client, store = judge
    await send(client, MINE)
    page = await client.post("/problems/twice/submissions", data={"source": "x = 1", "action": "run"})
    sample = page.headers["location"].rpartition("/")[2]
    stored = await store.submissions.get(sample)
    assert await store.stats.attempt_numbers([stored.owner], [sample]) == {}
    assert "Attempt 2" not in await text_of(client, "/problems/twice/attempts")
    assert (await store.stats.attempt_numbers([], [sample]), await store.stats.attempt_numbers(["x"], [])) == ({}, {})


async def test_attempts_come_page_by_page_and_each_is_numbered_from_the_first(judge_on_both) -> None:
    client, store = judge_on_both
    found = await send(client, MINE)
    owner = (await store.submissions.get(found)).owner
    await write(store, [Sent(owner=owner, verdict=Verdict.WRONG_ANSWER) for _ in range(course_routes.ROWS)])
    await write(store, [Sent(owner=owner, samples_only=True), Sent(owner=owner, cancelled=True, verdict=None)])
    first = (await client.get("/problems/twice/attempts")).text
    assert first.count('class="number">Attempt') == course_routes.ROWS
    assert f"Attempt {course_routes.ROWS + 1}<" in first
    older = re.search(r'href="([^"]*before=[^"]*)"', first)
    assert older is not None
    second = (await client.get(older[1])).text
    assert re.findall(r'class="number">Attempt (\d+)', second) == ["1"]
    assert "before=" not in second


async def test_a_program_is_compared_with_the_solution_and_other_ways_once_it_is_solved(judge) -> None:
    client, _ = judge
    wrong = await send(client, "# verdict: wrong_answer\n")
    for right in ("solution", "alternative-1", "alternative-9"):
        assert "once you have solved the problem" in await text_of(
            client, f"/problems/twice/compare?left={wrong}&right={right}", 404
        )
    found = await send(client, MINE)
    answer = (await client.get(f"/problems/twice/compare?left={found}")).text
    assert "<h1>Attempt 2 and Solution</h1>" in answer
    assert answer.count('class="changed"') == 1
    assert "Attempt 2 and A sum" in await text_of(client, f"/problems/twice/compare?left={found}&right=alternative-1")
    for address in (
        f"/problems/again/compare?left={found}&right={found}",  # of another problem
        "/problems/twice/compare?left=x",
        f"/problems/twice/compare?left={found}&right=01900000-0000-7000-8000-000000000000",
    ):
        assert "Unknown submission" in await text_of(client, address, 404)
    assert (await client.get("/problems/none/attempts")).status_code == 404


async def test_a_class_decides_when_the_solution_is_seen(school) -> None:
    client, store = school
    users = {name: await account(store, name) for name in ("ann", "bob", "eve")}
    sent = {name: Sent(owner=users[name].owner) for name in users}
    await write(store, list(sent.values()))
    headers = {name: await session(store, users[name]) for name in users}

    async def sees(name: str) -> tuple[bool, bool, int]:
        client.cookies.clear()
        page = (await client.get("/problems/twice", headers=headers[name])).text
        compared = await client.get(f"/problems/twice/compare?left={sent[name].id}", headers=headers[name])
        assert ("your class decides when" in page) != ("Show solution" in page)
        assert "Next: Again" in page  # that is no secret
        return "Show solution" in page, "Adding is doubling." in page, compared.status_code

    shown, withheld = (True, True, 200), (False, False, 404)
    assert await sees("bob") == shown
    now = datetime.now(UTC)
    for due, expected in [(now + DAY, withheld), (now - DAY, shown)]:
        week = Assignment(slug="week-1", title="One", problems=("twice",), due=due, solution=Shown.AFTER_DUE)
        await make_class(store, [week], ["ann"], ["bob"])
        assert await sees("bob") == expected
        assert await sees("eve") == shown
    client.cookies.clear()
    other = await client.get(f"/problems/twice/compare?left={sent['bob'].id}", headers=headers["eve"])
    assert other.status_code == 404
    assert "Attempt 1" not in await text_of(client, "/problems/twice/attempts")  # of nobody who is signed in


async def test_a_class_that_hides_hints_hides_them_after_the_same_mistake_too(school) -> None:
    client, store = school
    bob = await account(store, "bob")
    await account(store, "ann")
    wrong = [Sent(owner=bob.owner, verdict=Verdict.WRONG_ANSWER, cause="not-scaled") for _ in range(2)]
    await write(store, wrong)
    page, headers = f"/submissions/{wrong[1].id}", await session(store, bob)
    assert "Add x to itself." in await text_of(client, page, headers=headers)
    week = Assignment(slug="week-1", title="One", problems=("twice",), hints=Shown.NEVER)
    await make_class(store, [week], ["ann"], ["bob"])
    after = await text_of(client, page, headers=headers)
    assert "Add x to itself." not in after
    assert "The same mistake" in after
