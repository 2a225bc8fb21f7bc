"""`judge user`: accounts from the shell, alone and beside a running server, on both databases."""

import asyncio
import json
import shutil
import sqlite3

import httpx
import pytest
from typer.testing import CliRunner

from judge.cli import app
from judge.store.accounts.accounts import open_accounts
from tests.helpers.accounts_server import serving, sign_in
from tests.helpers.people import PASSWORD

pytestmark = pytest.mark.pages

NEW = "another horse battery"


@pytest.fixture
def ready(database, settings_of, sqlite_template, monkeypatch):
    settings = settings_of(database, access="accounts", workers=0)
    settings.data.mkdir(exist_ok=True)
    monkeypatch.setenv("JUDGE_DATA", str(settings.data))
    monkeypatch.setenv("JUDGE_DATABASE_URL", settings.database_url)
    monkeypatch.delenv("JUDGE_URL", raising=False)
    return settings


@pytest.fixture
def template(ready, sqlite_template):
    """The same with a migrated file, which saves seconds."""
    if ready.embedded:
        shutil.copy(sqlite_template, ready.data)
    return ready


def user(*arguments: str, typed: str | None = None):
    return CliRunner().invoke(app, ["user", *arguments], input=typed)


def listed() -> list[dict[str, object]]:
    return json.loads(user("list", "--json").stdout)


async def log(settings) -> list[tuple[str, str, str]]:
    async with open_accounts(settings.url) as accounts:
        return [(each.actor, each.action, each.target) for each in await accounts.audit.newest()]


def test_the_first_account_is_made_in_a_database_that_is_not_there_yet(ready) -> None:
    result = user("add", "olga", "--admin", "--password-stdin", typed=f"{PASSWORD}\n")
    assert (result.exit_code, result.stdout) == (0, "made the operator olga\n")
    [row] = listed()
    assert (row["name"], row["role"], row["disabled"]) == ("olga", "operator", False)


def test_names_and_passwords_that_can_t_be_are_refused_and_make_nothing(template) -> None:
    for arguments, typed in (
        (("add", "no spaces", "--password-stdin"), PASSWORD),
        (("add", "ann", "--password-stdin"), "short"),
        (("add", "ann", "--password-stdin"), ""),
        (("add", "ann"), ""),  # no terminal
        (("role", "nobody", "operator"), None),
        (("disable", "nobody"), None),
        (("link", "nobody"), None),
        (("password", "nobody", "--password-stdin"), PASSWORD),
    ):
        result = user(*arguments, typed=typed)
        assert result.exit_code != 0, arguments
    assert listed() == []
    assert user("add", "ann", "--link").exit_code == 0
    assert user("role", "ann", "king").exit_code == 2
    assert user("add", "ANN", "--link").exit_code != 0


async def test_beside_a_running_server_every_change_counts_at_once(template, catalog) -> None:
    async def run(*arguments: str, typed: str | None = None) -> str:
        result = await asyncio.to_thread(user, *arguments, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    async with serving(template, catalog) as site:
        await run("add", "ann", "--password-stdin", typed=f"{PASSWORD}\r\n")
        browser = await site.signed_in("ann")
        await run("role", "ann", "operator")
        assert (await browser.get("/api/me")).json()["role"] == "operator"
        await run("password", "ANN", "--password-stdin", typed=NEW)
        assert (await browser.get("/api/me")).status_code == 401
        assert (await sign_in(browser, "ann", NEW)).status_code == 303
        await run("disable", "ann")
        assert (await browser.get("/api/me")).status_code == 401
        assert (await sign_in(browser, "ann", NEW)).status_code == 401
        await run("enable", "ann")
        assert (await sign_in(browser, "ann", NEW)).status_code == 303
        assert "ann" in await run("list")
    actions = [action for actor, action, target in await log(template) if (actor, target) == ("cli", "user:ann")]
    assert actions == ["user.enable", "user.disable", "user.password", "user.role", "user.add"]


async def test_a_link_sets_a_password_once_and_signs_in(template, catalog) -> None:
    async with serving(template, catalog) as site:
        printed = await asyncio.to_thread(user, "add", "ann", "--link", "--url", "http://localhost/")
        link = printed.stdout.splitlines()[-1]
        assert link.startswith("http://localhost/reset?token=")
        secret = httpx.URL(link).params["token"]
        browser = await site.browser()
        assert "Set a password" in (await browser.get("/reset", params={"token": secret})).text
        short = await browser.post("/reset", data={"token": secret, "password": "short"})
        assert short.status_code == 422
        assert (await browser.post("/reset", data={"token": secret, "password": PASSWORD})).status_code == 303
        assert (await browser.get("/api/me")).json()["name"] == "ann"
        assert (await browser.post("/reset", data={"token": secret, "password": NEW})).status_code == 403
        assert (await browser.get("/reset", params={"token": secret})).status_code == 403
        assert (await sign_in(await site.browser(), "ann")).status_code == 303


@pytest.mark.parametrize("change", ["password", "disable", "other link"])
async def test_a_link_ends_when_the_password_changes_or_the_account_is_disabled(template, catalog, change) -> None:
    async with serving(template, catalog) as site:
        await asyncio.to_thread(user, "add", "ann", "--password-stdin", typed=PASSWORD)
        secrets = []
        for _ in range(2):
            printed = await asyncio.to_thread(user, "link", "ann")
            secrets.append(httpx.URL(printed.stdout.strip()).params["token"])
        browser = await site.browser()
        if change == "password":
            await asyncio.to_thread(user, "password", "ann", "--password-stdin", typed=NEW)
        elif change == "disable":
            await asyncio.to_thread(user, "disable", "ann")
        else:
            answer = await browser.post("/reset", data={"token": secrets[1], "password": NEW})
            assert answer.status_code == 303
        answer = await (await site.browser()).post("/reset", data={"token": secrets[0], "password": "a third one 123"})
        assert answer.status_code == 403


async def test_a_database_of_another_version_that_a_judge_runs_on_is_left_alone(
    settings_of, catalog, monkeypatch
) -> None:
    settings = settings_of("", access="accounts", workers=0)
    monkeypatch.setenv("JUDGE_DATA", str(settings.data))
    monkeypatch.delenv("JUDGE_DATABASE_URL", raising=False)
    async with serving(settings, catalog):
        with sqlite3.connect(settings.data / "judge.sqlite3") as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0006_summaries'")
        result = await asyncio.to_thread(user, "list")
        assert result.exit_code != 0
        assert "of another version" in str(result.exception)
        with sqlite3.connect(settings.data / "judge.sqlite3") as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0006_summaries",)
