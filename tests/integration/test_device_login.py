"""Signing command lines in by a code: the protocol, its limits, and `judge login` itself."""

import json
import shutil
import stat
import threading
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from judge.account import Role, Scope
from judge.accounts.user_codes import plain
from judge.cli import app
from judge.client import Judge, signing_in, token
from judge.store.accounts.tables import counters, one_time
from judge.store.records import NewSubmission
from judge.web.access import owner_of
from judge.web.device_login import NETWORK_STARTS, WRONG_CODES
from tests.helpers.accounts_server import serving, text_of
from tests.helpers.people import PASSWORD, account
from tests.helpers.people import token as token_of
from tests.helpers.serving import ThreadedServer

pytestmark = pytest.mark.pages

ASKED = {"name": "ann's laptop", "scopes": ["read", "submit"]}


@pytest.fixture
def ready(database, settings_of, sqlite_template):
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


async def no_hurry(site) -> None:
    """Let the next question of a machine come in time."""
    async with site.store.transactions.writing() as tx:
        await tx.connection.execute(sa.delete(counters))


async def error_of(machine, device_code: str) -> tuple[int, str, str]:
    answer = await machine.post("/api/device/token", json={"device_code": device_code})
    body = answer.json()
    return answer.status_code, body["error"], body["type"]


async def test_a_machine_gets_one_token_once_its_person_has_confirmed_the_code(site) -> None:
    machine, browser = await site.browser(), await site.signed_in("ann", "203.0.113.9")
    codes = (await machine.post("/api/device", json=ASKED)).json()
    assert codes["verification_uri"] == "http://localhost/device"
    assert (codes["interval"], codes["expires_in"]) == (5, 600)
    pending = (400, "authorization_pending", "urn:judge:authorization-pending")
    assert await error_of(machine, codes["device_code"]) == pending
    assert (await error_of(machine, codes["device_code"]))[1] == "slow_down"
    typed = codes["user_code"].lower().replace("-", " ")
    asked = await browser.post("/device", data={"code": typed})
    assert "ann's laptop" in asked.text.replace("&#39;", "'")
    assert "198.51.100.7" in text_of(asked)
    await no_hurry(site)
    assert await error_of(machine, codes["device_code"]) == pending  # looking at it confirms nothing
    done = await browser.post("/device", data={"code": typed, "answer": "confirm"})
    assert "is signed in: go on there" in text_of(done)
    answer = await machine.post("/api/device/token", json={"device_code": codes["device_code"]})
    assert (answer.json()["token_type"], answer.json()["scope"]) == ("Bearer", "read submit")
    assert answer.headers["cache-control"] == "no-store"
    program = await site.browser(Authorization=f"Bearer {answer.json()['access_token']}")
    assert (await program.get("/api/me")).json()["name"] == "ann"
    assert (await error_of(machine, codes["device_code"]))[1] == "expired_token"  # once
    assert (await browser.post("/device", data={"code": typed, "answer": "confirm"})).status_code == 422
    [made] = await site.store.accounts.tokens.of((await site.store.accounts.users.by_name("ann")).id)
    assert (made.name, made.start) == ("ann's laptop", answer.json()["access_token"][:8])


async def test_a_machine_that_is_refused_learns_that_once(site) -> None:
    machine, browser = await site.browser(), await site.signed_in("ann")
    codes = (await machine.post("/api/device", json=ASKED)).json()
    await browser.post("/device", data={"code": codes["user_code"], "answer": "refuse"})
    assert (await error_of(machine, codes["device_code"]))[1] == "access_denied"
    assert (await error_of(machine, codes["device_code"]))[1] == "expired_token"
    assert (await browser.post("/device", data={"code": codes["user_code"], "answer": "confirm"})).status_code == 422


async def test_a_code_that_has_expired_lets_nobody_in(site) -> None:
    machine, browser = await site.browser(), await site.signed_in("ann")
    codes = (await machine.post("/api/device", json=ASKED)).json()
    async with site.store.transactions.writing() as tx:
        await tx.connection.execute(sa.update(one_time).values(expires=datetime.now(UTC) - timedelta(seconds=1)))
    assert (await browser.post("/device", data={"code": codes["user_code"], "answer": "confirm"})).status_code == 422
    assert (await error_of(machine, codes["device_code"]))[1] == "expired_token"


async def test_nobody_confirms_without_being_signed_in_or_with_a_token(site) -> None:
    ann = await site.store.accounts.users.by_name("ann")
    machine = await site.browser()
    codes = (await machine.post("/api/device", json=ASKED)).json()
    form = {"code": codes["user_code"], "answer": "confirm"}
    program = await site.browser(**await token_of(site.store, ann))
    assert [(await each.post("/device", data=form)).status_code for each in (machine, program)] == [401, 403]
    assert (await error_of(machine, codes["device_code"]))[1] == "authorization_pending"


async def test_a_machine_gets_no_scope_beyond_the_role(site) -> None:
    machine, browser = await site.browser(), await site.signed_in("ann")
    codes = (await machine.post("/api/device", json={"name": "x", "scopes": list(Scope)})).json()
    asked = text_of(await browser.post("/device", data={"code": codes["user_code"]}))
    assert "send and cancel submissions" in asked
    assert "manage accounts" not in asked
    await browser.post("/device", data={"code": codes["user_code"], "answer": "confirm"})
    answer = await machine.post("/api/device/token", json={"device_code": codes["device_code"]})
    assert answer.json()["scope"] == "read submit"


async def test_guesses_at_codes_are_limited_for_an_account(site) -> None:
    browser = await site.signed_in("ann")
    codes = (await browser.post("/api/device", json=ASKED)).json()
    for number in range(WRONG_CODES):
        assert (await browser.post("/device", data={"code": f"BBBB-BBB{'BCDFGHJKLM'[number]}"})).status_code == 422
    refused = await browser.post("/device", data={"code": codes["user_code"]})
    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    await account(site.store, "bob")
    assert (await (await site.signed_in("bob")).post("/device", data={"code": codes["user_code"]})).status_code == 200


async def test_guesses_at_codes_are_limited_for_a_network_over_all_its_accounts(site, monkeypatch) -> None:
    monkeypatch.setattr("judge.web.device_login.NETWORK_WRONG_CODES", 3)
    for number in range(3):
        await account(site.store, f"guesser-{number}")
        browser = await site.signed_in(f"guesser-{number}", "192.0.2.1")
        assert (await browser.post("/device", data={"code": "BBBB-BBBB"})).status_code == 422
    codes = (await browser.post("/api/device", json=ASKED)).json()
    here, elsewhere = await site.signed_in("ann", "192.0.2.1"), await site.signed_in("ann", "203.0.113.9")
    form = {"code": codes["user_code"]}
    assert [(await each.post("/device", data=form)).status_code for each in (here, elsewhere)] == [429, 200]


async def test_a_network_begins_so_many_sign_ins_and_no_more(site) -> None:
    machine = await site.browser()
    answers = [(await machine.post("/api/device", json=ASKED)).status_code for _ in range(NETWORK_STARTS + 1)]
    assert answers == [200] * NETWORK_STARTS + [429]
    assert (await (await site.browser("203.0.113.9")).post("/api/device", json=ASKED)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"name": ""}, {"name": "x" * 65}, {"name": "a\nb"}, {"name": "\u202ex"}, {"name": "x", "scopes": ["all"]}, 1],
    ids=str,
)
async def test_a_machine_that_asks_for_nonsense_is_refused(site, body) -> None:
    assert (await (await site.browser()).post("/api/device", json=body)).status_code == 422


async def test_over_plain_http_from_elsewhere_no_token_is_given(site) -> None:
    machine = await site.browser(Host="judge")
    assert (await machine.post("/api/device", json=ASKED)).json()["type"] == "urn:judge:https-needed"
    answer = await machine.post("/api/device/token", json={"device_code": "x"})
    assert answer.json()["type"] == "urn:judge:https-needed"


@pytest.mark.parametrize("typed", ["", "BCDF", "BCDF-GHJ1", "BCDFGHJKL", "AEIO-UAEI", "B" * 10_000])
def test_what_can_t_be_a_code_is_none(typed: str) -> None:
    assert plain(typed) == ""


# --- the command line


def run(*arguments: str, **variables: str):
    return CliRunner().invoke(app, list(arguments), env=variables)


@pytest.fixture
def server(settings_of, catalog, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("JUDGE_TOKEN", "JUDGE_URL"):
        monkeypatch.delenv(name, raising=False)
    token._secret.cache_clear()
    monkeypatch.setattr("judge.web.device_login.INTERVAL_SECONDS", 0.05)
    monkeypatch.setattr("judge.web.device_login.EARLY", timedelta(0))
    with ThreadedServer(settings_of("", access="accounts", workers=1), catalog) as server:
        server.ask(account(server.service.store, "ann", Role.LEARNER))
        yield server
    token._secret.cache_clear()


def confirm(server, monkeypatch, said: str = "confirm") -> None:
    """Let a person type each code that a command line shows."""
    inner = signing_in.SignIn.begin

    def begin(self, name, scopes):
        asked = inner(self, name, scopes)

        def type_it() -> None:
            with httpx.Client(base_url=server.url, timeout=60) as browser:
                browser.post("/sign-in", data={"name": "ann", "password": PASSWORD})
                browser.post("/device", data={"code": asked.user_code, "answer": said})

        threading.Thread(target=type_it).start()
        return asked

    monkeypatch.setattr(signing_in.SignIn, "begin", begin)


def test_judge_login_keeps_a_token_that_submit_uses_and_takes_the_earlier_work_along(server, monkeypatch) -> None:
    url = server.url
    earlier = owner_of(token.derived_token(url))
    new = NewSubmission(problem="twice", source="x = 1", submitter="me", owner=earlier, package="p")
    taken = server.ask(server.service.store.submissions.submit(new))
    assert run("whoami", "--url", url).exit_code == 1
    confirm(server, monkeypatch)
    result = run("login", "--url", url, "--name", "laptop", "--scopes", "read,submit")
    assert result.exit_code == 0, result.output
    assert f"Open {url}/device in a browser" in result.output
    assert "signed in as ann" in result.output
    assert "1 earlier submissions" in result.output
    file = token.user_config() / token.TOKENS_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token.token_for(url) == json.loads(file.read_text())[f"http://127.0.0.1:{server.port}"]
    assert token.token_for("http://127.0.0.1:1") == token.derived_token("http://127.0.0.1:1")
    with Judge(url) as judge:
        assert judge.get(taken.submission_id).problem == "twice"
        assert judge.grade("# verdict: accepted\n", "twice").verdict == "accepted"
    assert "ann (learner)" in run("whoami", "--url", url).output
    assert run("whoami", "--url", url, JUDGE_TOKEN="another-token-that-wins").exit_code == 1
    kept = token.stored_token(url)
    assert run("logout", "--url", url).exit_code == 0
    assert token.stored_token(url) is None
    assert server.get("/api/me", headers={"Authorization": f"Bearer {kept}"}).status_code == 401
    assert "not signed in" in run("logout", "--url", url).output


def test_judge_login_that_is_refused_says_so_and_keeps_nothing(server, monkeypatch) -> None:
    confirm(server, monkeypatch, "refuse")
    result = run("login", "--url", server.url)
    assert (result.exit_code, "the sign-in was refused" in result.output) == (2, True)
    assert token.stored_token(server.url) is None


def test_commands_of_signing_in_say_what_is_wrong(server, monkeypatch) -> None:
    assert run("login", "--url", server.url, "--scopes", "everything").exit_code == 2
    result = run("whoami", "--url", "http://127.0.0.1:1")
    assert (result.exit_code, "can't be reached" in result.output) == (3, True)


def test_a_judge_without_accounts_is_named_as_one(settings_of, catalog, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("JUDGE_TOKEN", raising=False)
    with ThreadedServer(settings_of("", access="local", workers=0), catalog) as server:
        result = run("whoami", "--url", server.url)
        assert (result.exit_code, "has no accounts" in result.output) == (0, True)
        result = run("login", "--url", server.url)
        assert (result.exit_code, "has no accounts" in result.output) == (2, True)


def test_tokens_that_can_t_be_read_are_none(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "judge").mkdir()
    for content in ("", "[]", "{", '{"http://a:80": 1}', "\x00"):
        (tmp_path / "judge" / token.TOKENS_FILE).write_text(content)
        assert token.stored_token("http://a") is None
    token.store_token("http://a", "one")
    token.store_token("https://a", "two")
    token.store_token("http://a:80/", "three")
    assert (token.stored_token("HTTP://A"), token.stored_token("https://a:443")) == ("three", "two")
    token.store_token("https://a", None)
    assert token.stored_token("https://a") is None
    assert [each.name for each in (tmp_path / "judge").iterdir()] == [token.TOKENS_FILE]
