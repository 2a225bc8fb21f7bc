"""The rights of strangers: who reads and cancels what, how much one network may send, and which pages may post."""

import asyncio
import contextlib
import json
from dataclasses import dataclass

import httpx
import pytest

from judge.web.app import create_app
from tests.helpers.doubles import ObedientGrader
from tests.integration.test_api import ADMIN, RIGHT, events_of, problem_of

pytestmark = pytest.mark.pages

TOKEN = "ann-chose-this-long-token"
MINE = {"Authorization": f"Bearer {TOKEN}"}
OTHERS = {"Authorization": "Bearer another-long-token-of-bob"}
SECRET = "how_it_was_done"
SOURCE = f"{SECRET} = 1\n# verdict: wrong_answer\n"
PAGE = {"Accept": "application/json"}


@dataclass
class Server:
    """An application, and clients of it from any address."""

    app: object
    stack: contextlib.AsyncExitStack

    async def client(self, address: str = "198.51.100.7", **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(address, 5000))
        client = httpx.AsyncClient(transport=transport, base_url="http://judge", timeout=60, headers=headers)
        return await self.stack.enter_async_context(client)


@contextlib.asynccontextmanager
async def serving(settings, catalog):
    app = create_app(settings, catalog=catalog, make_grader=ObedientGrader)
    async with app.router.lifespan_context(app), contextlib.AsyncExitStack() as stack:
        yield Server(app, stack)


@pytest.fixture
async def server(settings, catalog):
    async with serving(settings, catalog) as server:
        yield server


@pytest.fixture
def idle(settings_of, catalog):
    """idle(setting=..) -> a server on SQLite where nobody judges."""
    return lambda **more: serving(settings_of("", **{"workers": 0, **more}), catalog)


async def post(client, source: str = SOURCE, headers=None, **more) -> httpx.Response:
    params = {"wait": more.pop("wait", 0)}
    body = {"problem": "twice", "source": source, **more}
    return await client.post("/api/submissions", params=params, json=body, headers=headers)


# --- who reads, who cancels


async def test_who_sent_it_without_a_token_gets_the_report_and_a_token_for_later(server) -> None:
    ann, bob = await server.client(), await server.client("203.0.113.9")
    sent = await post(ann, wait=30)
    body = sent.json()
    assert (body["readable"], body["report"]["verdict"], body["source"]) == (True, "wrong_answer", SOURCE)
    place, proof = sent.headers["location"], {"Authorization": f"Bearer {body['token']}"}
    for client, headers in ((ann, {}), (bob, {}), (bob, OTHERS), (bob, {"X-Submitter": "ip:198.51.100.7"})):
        seen = (await client.get(place, headers=headers)).json()
        assert (seen["verdict"], seen["problem"], seen["readable"]) == ("wrong_answer", "twice", False)
        assert [seen[name] for name in ("source", "report", "submitter", "worker", "reason")] == [None] * 5
        assert SECRET not in json.dumps(seen)
    for headers in (proof, ADMIN):
        seen = (await bob.get(place, headers=headers)).json()
        assert (seen["readable"], seen["source"], seen["submitter"]) == (True, SOURCE, "ip:198.51.100.7")
        assert "token" not in seen


async def test_who_chose_a_token_is_issued_none_and_reads_everything_with_it(server) -> None:
    client = await server.client()
    sent = [await post(client, f"{SOURCE}# {number}\n", headers=MINE, wait=30) for number in range(2)]
    await post(client)
    assert [each.json()["token"] for each in sent] == [None, None]
    mine = (await client.get("/api/submissions", params={"mine": True}, headers=MINE)).json()["items"]
    assert [each["id"] for each in mine] == [each.json()["id"] for each in reversed(sent)]
    assert all(each["readable"] for each in mine)
    assert (await client.get("/api/submissions", params={"mine": True})).json()["items"] == []
    problem_of(await post(client, headers={"Authorization": "Bearer short"}), 401, "invalid-token")


async def test_lists_streams_histories_and_pages_show_others_the_verdict_alone(server) -> None:
    ann, bob = await server.client(), await server.client("203.0.113.9")
    sent = await post(ann, headers={**MINE, "X-Submitter": "ann"}, wait=30)
    place, page = sent.headers["location"], f"/submissions/{sent.json()['id']}"
    [listed] = (await bob.get("/api/submissions")).json()["items"]
    assert (listed["verdict"], listed["submitter"], listed["worker"]) == ("wrong_answer", "ann", None)
    events = events_of((await bob.get(f"{place}/events")).text)
    assert [kind for kind, _, _ in events] == ["status", "report"]
    assert (events[-1][2]["verdict"], events[-1][2]["report"]) == ("wrong_answer", None)
    own = events_of((await ann.get(f"{place}/events", headers=MINE)).text)
    assert [kind for kind, _, _ in own] == ["status", "case", "case", "report"]
    [judging] = (await bob.get(f"{place}/judgings")).json()
    assert set(judging) == {"id", "status", "verdict", "finished"}
    assert "package" in (await ann.get(f"{place}/judgings", headers=MINE)).json()[0]
    shown = {name: (await bob.get(page + name)).text for name in ("", "/live")}
    shown["from"] = (await bob.get(f"/problems/twice?from={sent.json()['id']}")).text
    for text in shown.values():
        assert SECRET not in text
        assert "hidden-1" not in text
        assert "pid " not in text  # the report's message
    assert "Wrong answer" in shown[""]
    assert "Wrong answer" in shown["/live"]
    assert SECRET in (await bob.get(page, headers=MINE)).text


async def test_a_browser_reads_what_it_sent_and_nobody_who_solved_the_problem_does(server) -> None:
    ann, bob = await server.client(), await server.client()  # behind one address
    sent = await ann.post("/problems/twice/submissions", data={"source": SOURCE}, headers=PAGE)
    page, place = sent.json()["page"], f"/api{sent.json()['page']}"
    await bob.post("/problems/twice/submissions", data={"source": RIGHT}, headers=PAGE)
    assert (await bob.get("/api/submissions", params={"mine": True})).json()["items"]
    await ann.get(place, params={"wait": 30})
    for _ in range(100):
        if 'class="state solved"' in (text := (await bob.get("/")).text) or "1 of 2" in text:
            break
        await asyncio.sleep(0.1)
    assert SECRET in (await ann.get(page)).text
    assert (await ann.get(place)).json()["source"] == SOURCE
    assert SECRET not in (await bob.get(page)).text
    assert (await bob.get(place)).json()["source"] is None
    problem_of(await bob.delete(place), 403, "not-yours")


async def test_only_who_sent_it_and_the_operator_cancel(idle) -> None:
    async with idle() as server:
        ann, bob = await server.client(), await server.client("203.0.113.9")
        first, second = await post(ann, headers=MINE), await post(ann, headers=MINE)
        for headers in ({}, OTHERS, {"X-Submitter": "ip:198.51.100.7"}):
            problem_of(await bob.delete(first.headers["location"], headers=headers), 403, "not-yours")
            assert (await ann.get(first.headers["location"])).json()["status"] == "queued"
        assert (await bob.delete(first.headers["location"], headers=MINE)).json()["status"] == "cancelled"
        assert (await bob.delete(second.headers["location"], headers=ADMIN)).json()["status"] == "cancelled"


async def test_an_etag_of_what_others_see_is_not_that_of_the_owner(idle) -> None:
    async with idle() as server:
        client = await server.client()
        place = (await post(client, headers=MINE)).headers["location"]
        seen = await client.get(place)
        again = await client.get(place, headers={**MINE, "If-None-Match": seen.headers["etag"]})
        assert (again.status_code, again.json()["source"]) == (200, SOURCE)
        assert again.headers["vary"] == "Authorization, Cookie"


async def test_a_batch_has_one_token_and_a_stranger_cannot_replay_it(idle) -> None:
    async with idle() as server:
        ann, bob = await server.client(), await server.client("203.0.113.9")
        items = {"submissions": [{"problem": "twice", "source": f"x = {number}"} for number in range(3)]}
        key = {"Idempotency-Key": "k-1"}
        sent = (await ann.post("/api/submissions/batch", json=items, headers=key)).json()
        proof = {"Authorization": f"Bearer {sent['token']}"}
        for each in sent["results"]:
            assert (await bob.get(f"/api/submissions/{each['id']}", headers=proof)).json()["source"]
        again = (await ann.post("/api/submissions/batch", json=items, headers=key)).json()
        assert ([each["id"] for each in again["results"]], again["token"]) == (
            [each["id"] for each in sent["results"]],
            None,
        )
        theirs = (await bob.post("/api/submissions/batch", json=items, headers=key)).json()
        assert {each["id"] for each in theirs["results"]}.isdisjoint(each["id"] for each in sent["results"])


async def test_a_key_is_a_token_holders_own_and_its_repeat_shows_the_report_again(server) -> None:
    client = await server.client()
    key = {"Idempotency-Key": "k-1", "X-Submitter": "ann"}
    first = await post(client, headers={**MINE, **key}, wait=30)
    again = await post(client, headers={**MINE, **key}, wait=30)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json()["report"] == first.json()["report"]
    other = await post(client, "y = 2", headers={**OTHERS, **key})
    assert (other.status_code, other.json()["id"] != first.json()["id"]) == (201, True)
    bare = [await post(client, headers=key, wait=30) for _ in range(2)]
    assert [each.json()["readable"] for each in bare] == [True, False]
    assert bare[1].json()["token"] is None


async def test_by_an_address_nobody_but_the_operator_finds_anything(idle) -> None:
    async with idle() as server:
        ann, bob = await server.client(), await server.client("203.0.113.9")
        await post(ann, headers=MINE)
        query = {"submitter": "ip:198.51.100.7"}
        counts = [
            len((await bob.get("/api/submissions", params=query, headers=headers)).json()["items"])
            for headers in ({}, OTHERS, MINE, ADMIN)
        ]
        assert counts == [0, 0, 1, 1]


# --- how much one network may send


async def test_names_cookies_and_tokens_give_one_network_no_more_places(idle) -> None:
    async with idle(network_limit=30, submitter_limit=10, queue_limit=60) as server:
        taken = []
        for number in range(36):
            client = await server.client()  # no cookie
            if number % 3 == 0:
                response = await client.post("/problems/twice/submissions", data={"source": RIGHT}, headers=PAGE)
            elif number % 3 == 1:
                response = await post(client, headers={"X-Submitter": f"name-{number}"})
            else:
                response = await post(client, headers={"Authorization": f"Bearer token-of-number-{number}"})
            taken.append(response.status_code)
            if response.status_code == 429:
                assert int(response.headers["retry-after"]) >= 1
        assert taken == [201] * 30 + [429] * 6
        elsewhere = await server.client("203.0.113.9")
        assert (await post(elsewhere)).json()["position"] <= 2
        neighbour = await server.client("2001:db8:1:2::9")
        assert (await post(neighbour)).status_code == 201


async def test_an_address_of_ones_64_is_no_new_network(idle) -> None:
    async with idle(network_limit=5) as server:
        codes = []
        for number in range(8):
            client = await server.client(f"2001:db8:1:2::{number + 1:x}")
            codes.append((await post(client, headers={"X-Submitter": f"name-{number}"})).status_code)
        assert codes == [201] * 5 + [429] * 3


async def test_results_that_are_shared_take_places_as_others_do(idle) -> None:
    async with idle(submitter_limit=20, network_limit=30) as server:
        client = await server.client()
        items = [{"problem": "twice", "source": "same"}] * 25
        body = (await client.post("/api/submissions/batch", json={"submissions": items})).json()
        assert (body["taken"], body["refused"]) == (20, 5)
        error = body["results"][-1]["error"]
        assert (error["type"], error["retry_after"] >= 1) == ("urn:judge:too-many-waiting", True)
        name = {"X-Submitter": "another"}
        body = (await client.post("/api/submissions/batch", json={"submissions": items}, headers=name)).json()
        assert (body["taken"], body["refused"]) == (10, 15)


async def test_every_item_of_a_batch_counts_in_the_minute_shared_or_not(settings_of, catalog) -> None:
    async with serving(settings_of("", network_rate=10), catalog) as server:
        client = await server.client()
        assert (await post(client, "same", wait=30)).status_code == 201
        items = [{"problem": "twice", "source": "same"}] * 25  # the judging is done: none of them waits
        body = (await client.post("/api/submissions/batch", json={"submissions": items})).json()
        assert (body["taken"], body["refused"]) == (19, 6)
        error = body["results"][-1]["error"]
        assert (error["type"], error["status"], error["retry_after"]) == ("urn:judge:too-many-submissions", 429, 6)
        refused = await post(client, headers={"X-Submitter": "another"})
        problem_of(refused, 429, "too-many-submissions")
        assert 1 <= int(refused.headers["retry-after"]) <= 6
        form = await client.post("/problems/twice/submissions", data={"source": RIGHT}, headers=PAGE)
        assert (form.status_code, form.headers["retry-after"]) == (429, refused.headers["retry-after"])
        assert (await post(await server.client("203.0.113.9"))).status_code == 201


async def test_a_crowd_of_names_in_one_network_waits_behind_a_single_one_elsewhere(idle) -> None:
    async with idle() as server:
        for number in range(80):
            await post(await server.client(), headers={"X-Submitter": f"name-{number}"})
        elsewhere = await server.client("203.0.113.9")
        places = [(await post(elsewhere)).json()["position"] for _ in range(3)]
        assert places[0] <= 2
        assert places[1] <= 11  # after eight of the crowd
        assert places[2] <= 20
        behind = await post(await server.client(), headers={"X-Submitter": "honest-neighbour"})
        assert behind.json()["position"] > 60


async def test_a_name_is_not_held_up_by_all_that_another_of_its_network_sent(idle) -> None:
    async with idle() as server:
        client = await server.client()
        for _ in range(48):
            await post(client)
        classmate = await post(client, headers={"X-Submitter": "classmate"})
        assert classmate.json()["position"] <= 8


# --- which pages may post, by which name


CROSS = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://judge"},
    {"Origin": "http://evil.test"},
    {"Origin": "null"},
    {"Referer": "http://evil.test/judge"},
]


@pytest.mark.parametrize("headers", CROSS, ids=str)
async def test_no_route_that_changes_something_takes_a_post_of_another_sites_page(idle, headers) -> None:
    async with idle() as server:
        client = await server.client()
        place = (await post(client, headers=MINE)).headers["location"]
        cross = {**headers, **MINE}
        form = {"files": {"file": ("s.py", b"x = 1")}, "data": {"problem": "twice"}}
        for response in (
            await post(client, headers=cross),
            await client.post("/api/submissions", headers=cross, **form),
            await client.post("/api/submissions/batch", json={"submissions": []}, headers=cross),
            await client.post("/problems/twice/submissions", data={"source": RIGHT}, headers=cross),
            await client.post("/api/rejudges", json={"problem": "twice"}, headers={**headers, **ADMIN}),
            await client.delete(place, headers=cross),
        ):
            problem_of(response, 403, "other-origin")
        assert (await client.get(place, headers=cross)).json()["status"] == "queued"  # reading changes nothing
        assert len((await client.get("/api/submissions")).json()["items"]) == 1
        own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://judge"}
        assert (await post(client, headers=own)).status_code == 201


async def test_a_foreign_name_reaches_nothing(idle) -> None:
    async with idle(allowed_hosts="") as server:
        client = await server.client("127.0.0.1")
        for path in ("/", "/api/submissions", "/openapi.json", "/livez", "/nothing"):
            details = problem_of(await client.get(path, headers={"Host": "evil.test:8000"}), 421, "unknown-host")
            assert "evil.test" in details["detail"]
            assert "JUDGE_ALLOWED_HOSTS" in details["detail"]
            assert (await client.get(path, headers={"Host": "localhost:8000"})).status_code != 421
        problem_of(await client.get("/livez", headers={"Host": "a b"}), 400, "bad-host")
        doubled = [("Host", "localhost"), ("Host", "evil.test")]
        problem_of(await client.get("/livez", headers=doubled), 400, "bad-host")


# --- proxies


async def test_a_forwarded_address_counts_from_a_named_proxy_alone(idle) -> None:
    forwarded = {"X-Forwarded-For": "evil, 192.0.2.8", "X-Forwarded-Proto": "https"}
    async with idle() as server:
        client = await server.client("127.0.0.1")
        assert (await post(client, headers=forwarded)).json()["submitter"] == "ip:127.0.0.1"
        page = await client.get("/problems/twice", headers=forwarded)
        assert "secure" not in page.headers["set-cookie"].lower()
    async with idle(trusted_proxies="127.0.0.1/32") as server:
        client = await server.client("127.0.0.1")
        assert (await post(client, headers=forwarded)).json()["submitter"] == "ip:192.0.2.8"
        page = await client.get("/problems/twice", headers=forwarded)
        assert "secure" in page.headers["set-cookie"].lower()
        direct = await server.client("203.0.113.9")
        assert (await post(direct, headers=forwarded)).json()["submitter"] == "ip:203.0.113.9"


# --- names


@pytest.mark.parametrize(
    ("settings_and_peer", "expected"),
    [
        (({"access": "local"}, "198.51.100.7"), "ann"),
        (({"access": "open"}, "198.51.100.7"), "ip:198.51.100.7"),
        (({"access": "open", "trusted_proxies": "192.0.2.0/24"}, "198.51.100.7"), "ip:198.51.100.7"),
        (({"access": "open", "trusted_proxies": "192.0.2.0/24"}, "192.0.2.1"), "ann"),
        (({"access": "open", "trusted_proxies": "192.0.2.0/24", "submitter_header": ""}, "192.0.2.1"), "ip:192.0.2.1"),
    ],
)
async def test_a_name_is_believed_on_ones_own_machine_and_from_a_proxy_that_is_named(
    idle, settings_and_peer, expected
) -> None:
    settings, peer = settings_and_peer
    async with idle(**settings) as server:
        sent = await post(await server.client(peer), headers={"X-Submitter": "ann"})
    assert (sent.status_code, sent.json()["submitter"]) == (201, expected)


async def test_a_name_that_is_not_believed_is_not_looked_at(idle) -> None:
    async with idle(access="open") as server:
        assert (await post(await server.client(), headers={"X-Submitter": "a b"})).status_code == 201


# --- addresses that lead nowhere


@pytest.mark.parametrize(("path", "status"), [("/nix", 404), ("/problems/twice/submissions", 405), ("/api/nix", 404)])
async def test_a_person_who_typed_a_wrong_address_gets_a_page_and_a_program_gets_json(idle, path, status) -> None:
    async with idle() as server:
        client = await server.client()
        page = await client.get(path, headers={"Accept": "text/html,application/xhtml+xml"})
        answer = await client.get(path)
    assert (page.status_code, "<h1>" in page.text) == (status, True)
    assert page.headers["content-type"].startswith("text/html")
    assert (answer.status_code, answer.json()["status"]) == (status, status)
