"""Attacks on signing in: each test is one of them."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta

import argon2
import httpx
import pytest
import sqlalchemy as sa

from judge.accounts import passwords
from judge.accounts.tokens import hash_of
from judge.store.accounts import sessions as sessions_module
from judge.store.accounts.one_time import Kind
from judge.store.accounts.tables import counters, one_time, sessions
from judge.store.records import NewSubmission
from judge.web import first_operator
from judge.web.sign_in import NAME_ATTEMPTS, NETWORK_ATTEMPTS, safe_target
from judge.web.visitor_cookie import VISITOR_COOKIE, Visitor
from tests.helpers.accounts_server import ADDRESS, Site, serving, sign_in, text_of
from tests.helpers.people import COOKIE, PASSWORD, account, token
from tests.helpers.serving import ThreadedServer

pytestmark = pytest.mark.pages

WRONG = "not the password"
PROXY = {"X-Forwarded-Proto": "https"}


@pytest.fixture
def ready(database, settings_of, sqlite_template):
    """Settings of a judge with accounts where nobody judges, on both databases."""
    settings = settings_of(database, access="accounts", workers=0)
    if settings.embedded:
        settings.data.mkdir(exist_ok=True)
        shutil.copy(sqlite_template, settings.data)
    return settings


@pytest.fixture
async def site(ready, catalog):
    async with serving(ready, catalog) as site:
        await account(site.store, "ann")
        yield site


@pytest.fixture
async def two(settings_of, postgres_url, catalog):
    """Two servers of one PostgreSQL database."""
    settings = settings_of(postgres_url, access="accounts", workers=0)
    async with serving(settings, catalog) as first, serving(settings, catalog) as second:
        await account(first.store, "ann")
        yield first, second


@pytest.fixture
def checks(monkeypatch) -> list[str | None]:
    """The hashes that passwords were compared with; only PASSWORD is right. argon2 itself would take seconds."""
    seen: list[str | None] = []

    def check(password: str, hashed: str | None) -> bool:
        seen.append(hashed)
        return hashed is not None and password == PASSWORD

    monkeypatch.setattr("judge.accounts.passwords.check", check)
    return seen


async def change(site: Site, statement) -> None:
    async with site.store.transactions.writing() as tx:
        await tx.connection.execute(statement)


async def is_signed_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/api/me")).status_code == 200


# --- sessions


async def test_a_cookie_that_was_chosen_before_sign_in_is_not_the_one_after_it(site) -> None:
    browser = await site.browser()
    browser.cookies.set(COOKIE, "chosen-by-an-attacker", domain="localhost.local")
    assert (await sign_in(browser, "ann")).status_code == 303
    thief = await site.browser(Cookie=f"{COOKIE}=chosen-by-an-attacker")
    assert not await is_signed_in(thief)


async def test_each_sign_in_gives_a_new_session_and_ends_the_one_before(site) -> None:
    browser = await site.signed_in("ann")
    before = browser.cookies[COOKIE]
    await sign_in(browser, "ann")
    assert browser.cookies[COOKIE] != before
    assert await is_signed_in(browser)
    assert not await is_signed_in(await site.browser(Cookie=f"{COOKIE}={before}"))


async def test_signing_out_ends_the_session_itself_and_not_only_the_cookie(site) -> None:
    browser = await site.signed_in("ann")
    secret = browser.cookies[COOKIE]
    await browser.post("/sign-out")
    assert COOKIE not in browser.cookies
    assert not await is_signed_in(await site.browser(Cookie=f"{COOKIE}={secret}"))


@pytest.mark.parametrize("change_of", ["idle", "absolute"])
async def test_a_session_ends_after_its_idle_time_and_after_its_longest_time(site, change_of) -> None:
    browser = await site.signed_in("ann")
    assert await is_signed_in(browser)
    now = datetime.now(UTC)
    aged = {
        "idle": {"last_seen": now - sessions_module.IDLE - timedelta(seconds=1)},
        "absolute": {"expires": now - timedelta(seconds=1)},
    }
    await change(site, sa.update(sessions).values(**aged[change_of]))
    assert not await is_signed_in(browser)
    user = await site.store.accounts.users.by_name("ann")
    assert await site.store.accounts.sessions.of(user.id) == []


@pytest.mark.postgres
async def test_a_session_that_ends_on_one_server_has_ended_on_the_other(two) -> None:
    first, second = two
    browser = await first.signed_in("ann")
    elsewhere = await second.browser(Cookie=f"{COOKIE}={browser.cookies[COOKIE]}")
    assert await is_signed_in(elsewhere)
    await browser.post("/sign-out")
    assert not await is_signed_in(elsewhere)


@pytest.mark.postgres
async def test_a_revoked_token_is_refused_at_the_next_request_on_another_server(two) -> None:
    first, second = two
    ann = await first.store.accounts.users.by_name("ann")
    program = await second.browser(**await token(first.store, ann))
    assert await is_signed_in(program)
    [made] = await first.store.accounts.tokens.of(ann.id)
    assert (await (await first.signed_in("ann")).delete(f"/api/tokens/{made.id}")).status_code == 204
    assert (await program.get("/api/me")).json()["type"] == "urn:judge:invalid-token"


async def test_a_disabled_account_is_out_at_once_and_can_t_come_in(site) -> None:
    browser = await site.signed_in("ann")
    ann = await site.store.accounts.users.by_name("ann")
    await site.store.accounts.users.disable(ann.id)
    assert not await is_signed_in(browser)
    refused = await sign_in(browser, "ann")
    assert (refused.status_code, "name or the password is wrong" in text_of(refused)) == (401, True)


# --- requests that another site makes a browser send


CROSS = [{"Origin": "http://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
FORMS = ["/sign-in", "/sign-out", "/account/display", "/account/password", "/account/sessions", "/account/tokens"]
FORMS += ["/account/tokens/revoke", "/account/data/export", "/account/data/erase", "/device", "/reset", "/setup"]


async def test_no_form_of_accounts_is_taken_from_a_page_of_another_site(site) -> None:
    browser = await site.signed_in("ann")
    for path in FORMS:
        for headers in CROSS:
            answer = await browser.post(path, data={"name": "ann", "display": "Eve"}, headers=headers)
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:judge:other-origin"), (path, headers)
    assert await is_signed_in(browser)
    assert (await browser.get("/api/me")).json()["display"] == "ann"


TARGETS = ["//evil.test", "/\\evil.test", "\\\\evil.test", "https://evil.test", "javascript:alert(1)", "evil.test"]
TARGETS += ["/%0d%0aSet-Cookie:a=b\r\nX: y", "/\t/evil.test", "/\n/evil.test", " //evil.test", "///evil.test", ""]
TARGETS += ["http:evil.test", "/" + "a" * 3_000, "data:text/html,x", "/ok\x00"]


@pytest.mark.parametrize("target", TARGETS, ids=repr)
def test_a_target_that_leads_elsewhere_becomes_the_first_page(target: str) -> None:
    assert safe_target(target) == "/"


@pytest.mark.parametrize("target", ["/submissions?whose=all", "/problems/twice#editor", "/a//b", "/%2F%2Fevil.test"])
def test_a_target_on_this_judge_stays(target: str) -> None:
    assert safe_target(target) == target


async def test_signing_in_leads_to_pages_of_this_judge_alone(site, checks) -> None:
    for target in TARGETS:
        browser = await site.browser()
        answer = await sign_in(browser, "ann", target=target)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        if target.isprintable() and target and len(target) < 100:
            again = await browser.get("/sign-in", params={"next": target})
            assert again.headers["location"] == "/"


# --- guessing


async def test_an_unknown_name_looks_and_takes_like_a_wrong_password(site, checks) -> None:
    pages = []
    for name in ("ann", "nobody-has-this-name"):
        answer = await sign_in(await site.browser(), name, WRONG)
        pages.append((answer.status_code, text_of(answer), set(answer.headers)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 401
    assert len(checks) == 2  # one comparison each, of the same cost: that of the unknown name with nobody's hash
    assert [each is None for each in checks] == [False, True]


def test_without_a_hash_a_password_is_verified_with_one_that_nobody_has(monkeypatch) -> None:
    seen: list[str] = []

    class Hasher:
        def verify(self, hashed: str, password: str) -> None:
            seen.append(hashed)
            raise argon2.exceptions.VerifyMismatchError

        def hash(self, password: str) -> str:
            return "$argon2id$nobody's"

    passwords._nobodys.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", Hasher())
    assert [passwords.check(WRONG, hashed) for hashed in ("$argon2id$ann's", None)] == [False, False]
    passwords._nobodys.cache_clear()
    assert seen == ["$argon2id$ann's", "$argon2id$nobody's"]


async def test_guesses_at_one_name_are_limited_from_all_networks_and_again_allowed_later(site, checks) -> None:
    for number in range(NAME_ATTEMPTS):
        answer = await sign_in(await site.browser(f"203.0.113.{number}"), "ANN" if number % 2 else "ann", WRONG)
        assert answer.status_code == 401
    browser = await site.browser("192.0.2.1")
    refused = await sign_in(browser, "ann")  # even with the right one
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert len(checks) == NAME_ATTEMPTS
    await change(site, sa.update(counters).values(expires=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await sign_in(browser, "ann")).status_code == 303


async def test_guesses_from_one_network_are_limited_over_all_names(site, checks) -> None:
    browser = await site.browser()
    for number in range(NETWORK_ATTEMPTS):
        assert (await sign_in(browser, f"name-{number}", WRONG)).status_code == 401
    assert (await sign_in(browser, "ann")).status_code == 429
    assert (await sign_in(await site.browser("203.0.113.9"), "ann")).status_code == 303
    await change(site, sa.update(counters).values(expires=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await sign_in(browser, "ann")).status_code == 303


async def test_a_class_behind_one_address_that_signs_in_at_one_moment_is_not_locked_out(
    site, checks, monkeypatch
) -> None:
    monkeypatch.setattr("judge.web.sign_in.NETWORK_ATTEMPTS", 3)
    browsers = [await site.browser() for _ in range(12)]
    first = await asyncio.gather(*(sign_in(each, "ann") for each in browsers))
    assert {each.status_code for each in first} <= {303, 429}
    assert [(await sign_in(each, "ann")).status_code for each in browsers] == [303] * 12
    monkeypatch.setattr("judge.web.sign_in.MOST_WAITING", 0)
    assert [(await sign_in(each, "ann")).status_code for each in browsers] == [503] * 12
    monkeypatch.undo()
    assert await site.store.accounts.counters.number(f"sign-in network {ADDRESS}") == 0
    assert await site.store.accounts.counters.number("sign-in name ann") == 0


@pytest.mark.postgres
async def test_two_servers_count_guesses_together(two, checks) -> None:
    browsers = [await each.browser() for each in two]
    for number in range(NAME_ATTEMPTS):
        assert (await sign_in(browsers[number % 2], "ann", WRONG)).status_code == 401
    assert [(await sign_in(each, "ann")).status_code for each in browsers] == [429, 429]


@pytest.mark.postgres
async def test_first_guesses_at_once_on_two_servers_are_all_counted(two, checks) -> None:
    counts = await asyncio.gather(
        *(each.store.accounts.counters.add("one subject", timedelta(minutes=1)) for _ in range(6) for each in two)
    )
    assert sorted(counts) == list(range(1, 13))


async def test_the_right_password_forgets_the_wrong_ones_before_it(site, checks) -> None:
    browser = await site.browser()
    for _ in range(3):
        for _ in range(NAME_ATTEMPTS - 1):
            await sign_in(await site.browser("2001:db8::1"), "ann", WRONG)
        await change(site, sa.delete(counters).where(counters.c.number != NAME_ATTEMPTS - 1))
        assert (await sign_in(browser, "ann")).status_code == 303


# --- what is sent where it does not belong


@pytest.mark.parametrize("name", ["token", "access_token", "bearer", "authorization"])
async def test_a_token_in_an_address_signs_nobody_in(site, name: str) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    text = (await token(site.store, ann))["Authorization"].removeprefix("Bearer ")
    browser = await site.browser()
    for path in ("/api/me", "/api/tokens", "/account", "/api/submissions", "/api/audit"):
        answer = await browser.get(path, params={name: text})
        assert answer.status_code in {200, 303, 401}
        assert answer.status_code != 200 or answer.json()["items"] == []
    sent = {"problem": "twice", "source": "x = 1"}
    assert (await browser.post("/api/submissions", params={name: text}, json=sent)).status_code == 401


async def test_ids_that_are_guessed_are_answered_as_unknown_ones(site) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    bob = await account(site.store, "bob")
    new = NewSubmission(problem="twice", source="x = 1", submitter=ann.submitter, owner=ann.owner, package="p")
    taken = await site.store.submissions.submit(new)
    await token(site.store, ann)
    [anns_token] = await site.store.accounts.tokens.of(ann.id)
    await site.signed_in("ann")
    [anns_session] = await site.store.accounts.sessions.of(ann.id)
    browser = await site.signed_in(bob.name)
    unknown = "01920000-0000-7000-8000-000000000000"
    for path in (
        "/api/submissions/{}",
        "/submissions/{}",
        "/api/submissions/{}/judgings",
        "/api/submissions/{}/events",
    ):
        found = [await browser.get(path.format(each)) for each in (taken.submission_id, unknown, "1", "a%00b")]
        assert {each.status_code for each in found} == {404}
        assert len({text_of(each) if "<main" in each.text else each.text for each in found}) == 1
    for each in (anns_token.id, unknown, "1", "a\x00b"):
        assert (await browser.delete(f"/api/tokens/{each.replace(chr(0), '%00')}")).status_code == 404
        assert (await browser.post("/account/tokens/revoke", data={"id": each})).status_code == 404
    for each in (anns_session.id, unknown, "1", "a\x00b"):
        assert (await browser.post("/account/sessions", data={"session": each})).status_code == 404
    assert len(await site.store.accounts.tokens.of(ann.id)) == 1
    assert len(await site.store.accounts.sessions.of(ann.id)) == 1


# --- cookies and connections


async def test_over_https_the_cookie_is_bound_to_the_host_and_out_of_reach_of_scripts(ready, catalog) -> None:
    settings = ready.model_copy(update={"trusted_proxies": "10.0.0.0/8"})
    async with serving(settings, catalog) as site:
        await account(site.store, "ann")
        browser = await site.browser("10.0.0.1", **PROXY, Host="judge")
        answer = await sign_in(browser, "ann")
        [cookie] = [each for each in answer.headers.get_list("set-cookie") if "session" in each]
        name, _, rest = cookie.partition("=")
        attributes = {part.strip().lower() for part in rest.split(";")[1:]}
        assert name == "__Host-judge_session"
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
        assert not [each for each in attributes if each.startswith("domain")]


@pytest.mark.parametrize("path", ["/sign-in", "/setup", "/reset"])
async def test_over_plain_http_from_elsewhere_no_password_is_taken(site, path: str) -> None:
    browser = await site.browser(Host="judge", **PROXY)  # a header that anybody can send
    answer = await browser.post(path, data={"name": "ann", "password": PASSWORD, "token": "x"})
    assert (answer.status_code, "HTTPS" in answer.text) == (403, True)
    assert "set-cookie" not in answer.headers


async def test_plain_http_is_taken_where_the_operator_allows_it(ready, catalog) -> None:
    async with serving(ready.model_copy(update={"plain_http": True}), catalog) as site:
        await account(site.store, "ann")
        assert (await sign_in(await site.browser(Host="judge"), "ann")).status_code == 303


def test_addresses_and_cookies_that_are_too_long_are_refused_before_anything_is_looked_up(settings_of, catalog) -> None:
    with ThreadedServer(settings_of("", access="accounts", workers=0), catalog) as server:
        for path, headers in (
            ("/sign-in?next=/" + "a" * 9_000, {}),
            ("/api/me", {"Cookie": f"{COOKIE}={'a' * 40_000}"}),
            ("/api/me", {"Authorization": f"Bearer jdg_{'a' * 40_000}"}),
        ):
            assert server.get(path, headers=headers).status_code == 431
        assert server.get("/api/me", headers={"Cookie": f"{COOKIE}={'a' * 5_000}"}).status_code == 401
        assert server.get("/api/me", headers={"Authorization": f"Bearer jdg_{'a' * 5_000}"}).status_code == 401


# --- passwords


@pytest.mark.parametrize("password", ["käse und brot ☃ 𝄞", "nul\x00in the middle", "x1y2" * 64, " spaces at the ends "])
async def test_a_password_may_have_any_characters_and_256_of_them(site, password: str) -> None:
    browser = await site.signed_in("ann")
    await browser.post("/account/password", data={"current": PASSWORD, "password": password})
    assert (await sign_in(await site.browser(), "ann", PASSWORD)).status_code == 401
    assert (await sign_in(await site.browser(), "ann", password)).status_code == 303
    assert (await sign_in(await site.browser(), "ann", password[:-1])).status_code == 401


@pytest.mark.parametrize("password", ["", "short", "x1y2" * 64 + "z", "aaaaaaaaaaaaaa", "password12", "a" * 15_000])
async def test_a_password_that_is_short_long_or_simple_is_refused(site, password: str, checks) -> None:
    browser = await site.signed_in("ann")
    answer = await browser.post("/account/password", data={"current": PASSWORD, "password": password})
    assert answer.status_code == 422
    assert (await sign_in(await site.browser(), "ann")).status_code == 303


@pytest.mark.parametrize("name", ["a\x00b", "ann\x00", "", "a" * 10_000, "ann' OR 1=1 --", "ａｎｎ", "..", "\ud7ff"])
async def test_a_name_that_can_t_be_one_is_answered_as_an_unknown_one(site, name: str, checks) -> None:
    answer = await sign_in(await site.browser(), name)
    assert (answer.status_code, "name or the password is wrong" in text_of(answer)) == (401, True)


# --- the first operator's link


def secret_of(link: str) -> str:
    return httpx.URL(link).params["token"]


SETUP = {"name": "olga", "password": PASSWORD}


async def test_the_setup_link_makes_one_operator_once(ready, catalog) -> None:
    async with serving(ready, catalog) as site:
        secret = secret_of(await first_operator.offer_setup(site.store, ready))
        browser = await site.browser()
        assert (await browser.get("/setup", params={"token": secret})).status_code == 200
        assert (await browser.post("/setup", data={**SETUP, "token": secret})).status_code == 303
        assert (await browser.get("/api/me")).json()["role"] == "operator"
        again = await (await site.browser()).post("/setup", data={**SETUP, "name": "eve", "token": secret})
        assert again.status_code == 403
        assert await first_operator.offer_setup(site.store, ready) is None
        assert [each.name for each in await site.store.accounts.users.all()] == ["olga"]


async def test_who_has_no_setup_link_learns_of_no_account(site) -> None:
    browser = await site.browser()
    answers = [
        await browser.post("/setup", data={"name": name, "password": PASSWORD, "token": "guessed"})
        for name in ("ann", "nobody")
    ]
    assert [each.status_code for each in answers] == [403, 403]
    assert text_of(answers[0]) == text_of(answers[1])


async def test_a_setup_link_of_an_earlier_start_or_of_yesterday_is_refused(ready, catalog) -> None:
    async with serving(ready, catalog) as site:
        earlier = secret_of(await first_operator.offer_setup(site.store, ready))
    async with serving(ready, catalog) as site:
        browser = await site.browser()
        assert (await browser.post("/setup", data={**SETUP, "token": earlier})).status_code == 403
        latest = secret_of(await first_operator.offer_setup(site.store, ready))
        past = datetime.now(UTC) - timedelta(seconds=1)
        await change(site, sa.update(one_time).where(one_time.c.kind == Kind.SETUP).values(expires=past))
        assert (await browser.get("/setup", params={"token": latest})).status_code == 403
        assert (await browser.post("/setup", data={**SETUP, "token": latest})).status_code == 403
        assert await site.store.accounts.one_time.peek(Kind.SETUP, hash_of(latest)) is None
        assert await site.store.accounts.users.all() == []


# --- work from before


async def test_the_work_of_a_browser_joins_the_account_once_and_its_cookie_goes(site) -> None:
    visitor = Visitor(token="v" * 27, is_new=False)
    sent = {"problem": "twice", "source": "x = 1", "package": "p"}
    new = NewSubmission(**sent, submitter=visitor.submitter, owner=visitor.submitter)
    taken = await site.store.submissions.submit(new)
    page = f"/submissions/{taken.submission_id}"
    browser = await site.browser(Cookie=f"{VISITOR_COOKIE}={visitor.token}")
    assert (await browser.get(page)).status_code == 200
    answer = await sign_in(browser, "ann")
    assert any(each.startswith(f'{VISITOR_COOKIE}=""; ') for each in answer.headers.get_list("set-cookie"))
    assert (await browser.get(page)).status_code == 404  # with the old cookie alone
    ann = await site.store.accounts.users.by_name("ann")
    stored = await site.store.submissions.get(taken.submission_id)
    assert (stored.owner, stored.submitter) == (ann.owner, ann.submitter)
    await account(site.store, "bob")
    await sign_in(await site.browser(Cookie=f"{VISITOR_COOKIE}={visitor.token}"), "bob")
    assert (await site.store.submissions.get(taken.submission_id)).owner == ann.owner


async def test_work_under_two_names_with_one_idempotency_key_joins(site) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    for name in ("one", "two"):
        new = NewSubmission(
            problem="twice",
            source="x = 1",
            submitter=name,
            owner="token:abc",
            package="p",
            idempotency_key="token:abc k",
        )
        await site.store.submissions.submit(new)
    assert await site.store.accounts.adopt(ann, ["token:abc"]) == 2
