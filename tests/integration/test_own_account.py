"""The pages of one's own account, and tokens: by form and by the API."""

import asyncio
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from judge.account import Role, Scope
from judge.store.accounts.access_tokens import MOST_TOKENS
from tests.helpers.accounts_server import serving, sign_in, text_of
from tests.helpers.people import PASSWORD, account, token

pytestmark = pytest.mark.pages

NEW = "another horse battery"


@pytest.fixture
async def site(database, settings_of, sqlite_template, catalog):
    settings = settings_of(database, access="accounts", workers=0)
    if settings.embedded:
        settings.data.mkdir(exist_ok=True)
        shutil.copy(sqlite_template, settings.data)
    async with serving(settings, catalog) as site:
        await account(site.store, "ann")
        yield site


async def test_the_page_shows_who_is_there_and_the_header_the_displayed_name(site) -> None:
    browser = await site.signed_in("ann")
    assert (await browser.post("/account/display", data={"display": "Ann <b>Lee</b>"})).status_code == 303
    page = await browser.get("/account")
    assert "Ann &lt;b&gt;Lee&lt;/b&gt;" in page.text
    assert "signs in as ann , role learner" in text_of(page)
    assert (await browser.get("/api/me")).json()["display"] == "Ann <b>Lee</b>"
    await browser.post("/account/display", data={"display": " "})
    assert (await browser.get("/api/me")).json()["display"] == "ann"


@pytest.mark.parametrize("display", ["a" * 101, "two\nlines", "\u202eturned", "nul\x00"])
async def test_a_displayed_name_that_is_long_or_hides_text_is_refused(site, display: str) -> None:
    browser = await site.signed_in("ann")
    assert (await browser.post("/account/display", data={"display": display})).status_code == 422
    assert (await browser.get("/api/me")).json()["display"] == "ann"


async def test_a_new_password_needs_the_present_one_and_ends_all_other_sessions(site) -> None:
    here, elsewhere = await site.signed_in("ann"), await site.signed_in("ann")
    wrong = await here.post("/account/password", data={"current": "not this one", "password": NEW})
    assert (wrong.status_code, "present password is wrong" in text_of(wrong)) == (422, True)
    before = here.cookies["judge_session"]
    changed = await here.post("/account/password", data={"current": PASSWORD, "password": NEW})
    assert (changed.status_code, "all other browsers are signed out" in text_of(changed)) == (200, True)
    assert here.cookies["judge_session"] != before
    assert [(await each.get("/api/me")).status_code for each in (here, elsewhere)] == [200, 401]
    answers = [(await sign_in(await site.browser(), "ann", each)).status_code for each in (PASSWORD, NEW)]
    assert answers == [401, 303]


async def test_guesses_at_the_present_password_are_limited(site, monkeypatch) -> None:
    browser = await site.signed_in("ann")
    monkeypatch.setattr("judge.accounts.passwords.check", lambda password, hashed: password == PASSWORD)
    form = {"current": "a guess", "password": NEW}
    answers = [(await browser.post("/account/password", data=form)).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert (await browser.post("/account/password", data={**form, "current": PASSWORD})).status_code == 429


async def test_guesses_at_the_present_password_that_come_at_once_are_limited_too(site, monkeypatch) -> None:
    browser, seen = await site.signed_in("ann"), []
    monkeypatch.setattr("judge.accounts.passwords.check", lambda password, hashed: seen.append(password))
    monkeypatch.setattr("judge.web.sign_in._turns", asyncio.Semaphore(2))
    form = {"current": "a guess", "password": NEW}
    answers = await asyncio.gather(*(browser.post("/account/password", data=form) for _ in range(20)))
    assert sorted(each.status_code for each in answers) == [422] * 10 + [429] * 10
    assert len(seen) == 10


async def test_one_browser_or_all_others_are_signed_out_from_the_list(site) -> None:
    here, second, third = [await site.signed_in("ann") for _ in range(3)]
    page = await here.get("/account")
    assert text_of(page).count("(this one)") == 1
    others = re.findall(r'name="session" value="([0-9a-f-]{36})"', page.text)
    assert len(others) == 2
    assert (await here.post("/account/sessions", data={"session": others[0]})).status_code == 303
    assert sorted([(await each.get("/api/me")).status_code for each in (second, third)]) == [200, 401]
    await here.post("/account/sessions", data={"session": "others"})
    assert [(await each.get("/api/me")).status_code for each in (here, second, third)] == [200, 401, 401]


# --- tokens


async def test_a_token_is_shown_once_and_works_until_it_is_revoked(site) -> None:
    browser = await site.signed_in("ann")
    form = {"name": "my script", "scope-read": "on", "lasts": "30"}
    made = await browser.post("/account/tokens", data=form)
    [text] = re.findall(r"jdg_[\w-]{43}", made.text)
    assert made.headers["cache-control"] == "no-store"
    assert "location" not in made.headers
    program = await site.browser(Authorization=f"Bearer {text}")
    me = (await program.get("/api/me")).json()
    assert (me["name"], me["scopes"], me["by_session"]) == ("ann", ["read"], False)
    page = await browser.get("/account/tokens")
    assert text not in page.text
    assert text[:8] in page.text
    assert "my script" in text_of(page)
    [listed] = (await browser.get("/api/tokens")).json()
    lasts = datetime.fromisoformat(listed["expires"]) - datetime.now(UTC)
    assert timedelta(days=29, hours=23) < lasts < timedelta(days=30)
    assert listed["last_used"] is not None
    assert (await browser.post("/account/tokens/revoke", data={"id": listed["id"]})).status_code == 303
    assert (await program.get("/api/me")).status_code == 401


@pytest.mark.parametrize(
    "form",
    [
        {"name": "", "scope-read": "on", "lasts": "30"},
        {"name": "n" * 65, "scope-read": "on", "lasts": "30"},
        {"name": "two\nlines", "scope-read": "on", "lasts": "30"},
        {"name": "nul\x00", "scope-read": "on", "lasts": "30"},
        {"name": "script", "lasts": "30"},
        {"name": "script", "scope-operate": "on", "lasts": "30"},
        {"name": "script", "scope-read": "on", "lasts": "99999999"},
    ],
    ids=str,
)
async def test_a_token_that_may_not_be_made_is_refused_with_the_reason(site, form) -> None:
    browser = await site.signed_in("ann")
    answer = await browser.post("/account/tokens", data=form)
    assert (answer.status_code, 'role="alert"' in answer.text, "jdg_" in answer.text) == (422, True, False)
    assert (await browser.get("/api/tokens")).json() == []


async def test_the_api_makes_lists_and_revokes_tokens_for_a_session_alone(site) -> None:
    browser = await site.signed_in("ann")
    made = await browser.post("/api/tokens", json={"name": "ci", "scopes": ["submit"], "days": None})
    assert (made.status_code, made.json()["expires"], made.headers["cache-control"]) == (201, None, "no-store")
    program = await site.browser(Authorization=f"Bearer {made.json()['token']}")
    for refused in (
        await program.get("/api/tokens"),
        await program.post("/api/tokens", json={"name": "x", "scopes": ["submit"]}),
        await program.delete(f"/api/tokens/{made.json()['id']}"),
        await program.get("/account/tokens"),
        await program.post("/account/data/export"),
    ):
        assert refused.status_code == 403
    assert "token" not in (await browser.get("/api/tokens")).json()[0]
    assert (await browser.delete(f"/api/tokens/{made.json()['id']}")).status_code == 204
    assert (await browser.get("/api/tokens")).json() == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x", "scopes": ["operate"]}, 403),
        ({"name": "x", "scopes": []}, 422),
        ({"name": "x", "scopes": ["everything"]}, 422),
        ({"name": "a\x00", "scopes": ["read"]}, 422),
        ({"name": "x", "scopes": ["read"], "days": 0}, 422),
        ({"name": "x", "scopes": ["read"], "more": 1}, 422),
        ([], 422),
    ],
    ids=str,
)
async def test_the_api_refuses_a_token_beyond_the_role_and_bodies_that_it_does_not_know(site, body, status) -> None:
    browser = await site.signed_in("ann")
    assert (await browser.post("/api/tokens", json=body)).status_code == status
    assert (await browser.get("/api/tokens")).json() == []


async def test_a_role_that_is_lowered_takes_scopes_from_its_tokens(site) -> None:
    olga = await account(site.store, "olga", Role.OPERATOR)
    program = await site.browser(**await token(site.store, olga, [Scope.READ, Scope.OPERATE]))
    assert (await program.get("/api/audit")).status_code == 200
    await site.store.accounts.users.set_role(olga.id, Role.LEARNER)
    assert (await program.get("/api/audit")).json()["type"] == "urn:judge:scope-missing"


async def test_an_account_has_a_hundred_tokens_at_most(site) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    for _ in range(MOST_TOKENS):
        await token(site.store, ann)
    browser = await site.signed_in("ann")
    answer = await browser.post("/account/tokens", data={"name": "x", "scope-read": "on", "lasts": "1"})
    assert (answer.status_code, "at most 100 tokens" in text_of(answer)) == (422, True)
    assert (await browser.post("/api/tokens", json={"name": "x", "scopes": ["read"]})).status_code == 409


async def test_a_token_revokes_itself_and_a_browser_can_t(site) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    program = await site.browser(**await token(site.store, ann))
    browser = await site.signed_in("ann")
    assert (await browser.delete("/api/me/token")).status_code == 400
    assert (await program.delete("/api/me/token")).status_code == 204
    assert (await program.get("/api/me")).status_code == 401
    assert (await browser.get("/api/me")).status_code == 200
