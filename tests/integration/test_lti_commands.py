"""`judge lti`: an operator registers platforms beside a judge that runs."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from judge.cli import app
from judge.errors import StoreFault
from judge.store.lti.lti import open_lti
from judge.store.lti.scores import Followed
from tests.helpers.people import account
from tests.integration.conftest import opened

OPTIONS = {
    "issuer": "https://lms.example",
    "client-id": "judge-1",
    "deployment": "1",
    "auth-url": "https://lms.example/auth",
    "token-url": "https://lms.example/token",
    "jwks-url": "https://lms.example/jwks",
}


@pytest.fixture
def run(settings_of, monkeypatch):
    settings = settings_of("")
    monkeypatch.setenv("JUDGE_DATA", str(settings.data))

    def judge(*words: str, **options: str):
        given = [text for name, value in options.items() for text in (f"--{name}", value)]
        return CliRunner().invoke(app, ["lti", *words, *given])

    judge.settings = settings
    return judge


def printed(command: list[str]) -> str:
    return subprocess.run(command, check=True, timeout=120, capture_output=True, text=True).stdout


def add(run, **changes):
    return run("add", **{**OPTIONS, **changes})


def test_a_platform_is_added_listed_and_removed(run) -> None:
    assert "no learning platform" in run("list").output
    added = add(run)
    assert added.exit_code == 0, added.output
    platform_id = added.output.strip()
    listed = run("list").output
    assert all(text in listed for text in (platform_id, "https://lms.example", "client judge-1", "deployments 1"))
    assert run("remove", platform_id).output == "removed\n"
    assert "no learning platform" in run("list").output


def test_what_is_registered_already_or_unknown_is_refused_with_a_reason(run) -> None:
    assert add(run).exit_code == 0
    assert "registered with this client id already" in str(add(run).exception)
    assert add(run, **{"client-id": "judge-2"}).exit_code == 0
    assert "judge lti list" in str(run("remove", "01920000-0000-7000-8000-000000000000").exception)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("auth-url", "http://lms.example/auth"),
        ("token-url", "ftp://lms.example"),
        ("jwks-url", "https://user:password@lms.example/jwks"),
        ("jwks-url", "file:///etc/passwd"),
        ("issuer", ""),
        ("client-id", "x" * 256),
        ("deployment", "\x1b[2J"),
    ],
)
def test_an_option_that_no_platform_has_is_refused_by_its_name(run, option, value) -> None:
    refused = add(run, **{option: value})
    assert (refused.exit_code, f"--{option}" in refused.output) == (2, True), refused.output
    assert "no learning platform" in run("list").output


def test_a_database_that_does_not_answer_is_named_as_the_reason(run, monkeypatch) -> None:
    monkeypatch.setenv("JUDGE_DATABASE_URL", "postgresql://127.0.0.1:9/nothing")
    refused = run("list")
    assert isinstance(refused.exception, StoreFault)
    assert "the database can't be used" in str(refused.exception)


def test_http_is_taken_on_this_machine(run) -> None:
    assert add(run, **{"token-url": "http://127.0.0.1:9000/token"}).exit_code == 0


async def test_it_works_beside_a_judge_that_owns_the_file_and_shows_what_is_not_accepted(run) -> None:
    async with opened(run.settings) as store:
        command = [sys.executable, "-m", "judge", "lti"]
        given = [text for name, value in OPTIONS.items() for text in (f"--{name}", value)]
        await asyncio.to_thread(printed, [*command, "add", *given])
        [platform] = await store.lti.platforms.all()
        ann = await account(store, "ann")
        place = {"platform_id": platform.id, "user_id": ann.id, "subject": "s", "assignment_id": "a"}
        now = datetime.now(UTC)
        await store.lti.scores.follow(Followed(**place, line_item="https://lms.example/1"), now)
        due = await store.lti.scores.take_due(now)
        await store.lti.scores.fail(due, now, "lms.example answered 500", now)
        listed = await asyncio.to_thread(printed, [*command, "list"])
        assert "1 score is not accepted yet: lms.example answered 500" in listed
        [entry] = await store.accounts.audit.newest()
        assert (entry.actor, entry.action, entry.detail["issuer"]) == ("operator", "lti.add", "https://lms.example")
        await store.lti.platforms.remove(platform.id)
    async with open_lti(run.settings.url) as lti:
        assert await lti.platforms.all() == []


def test_a_judge_without_accounts_imports_no_cryptography_of_launches() -> None:
    program = "import sys, judge.web.app; print([each for each in ('joserfc', 'authlib') if each in sys.modules])"
    assert printed([sys.executable, "-c", program]).strip() == "[]"
