"""`judge class` against a judge on real sockets."""

import json

import pytest
from typer.testing import CliRunner

from judge.account import Role
from judge.cli import app
from tests.helpers.people import account, token
from tests.helpers.serving import ThreadedServer

FILE = """slug = "ml"
title = "Deep learning"
staff = ["olga"]
learners = ["bob"]

[[assignments]]
slug = "week-1"
title = "Freezing"
problems = ["twice"]
"""


@pytest.fixture
def run(settings_of, catalog, tmp_path, monkeypatch):
    """run(...) -> the result of `judge class ...` with the token of an operator."""
    with ThreadedServer(settings_of("", access="accounts", workers=0), catalog) as server:

        async def make_people() -> str:
            await account(server.service.store, "bob")
            headers = await token(server.service.store, await account(server.service.store, "olga", Role.OPERATOR))
            return headers["Authorization"].split()[1]

        monkeypatch.setenv("JUDGE_URL", server.url)
        monkeypatch.setenv("JUDGE_TOKEN", server.ask(make_people()))
        (tmp_path / "ml.toml").write_text(FILE)
        yield lambda *arguments: CliRunner().invoke(app, ["class", *arguments])


def test_a_class_is_applied_listed_exported_and_graded(run, tmp_path) -> None:
    file, out = tmp_path / "ml.toml", tmp_path / "out.toml"
    for _ in range(2):
        applied = run("apply", str(file))
        assert (applied.exit_code, applied.output) == (0, "ml: Deep learning; assignments: week-1\n")
    assert run("list").output.split() == ["ml", "staff", "Deep", "learning"]
    assert json.loads(run("list", "--json").output)[0]["role"] == "staff"
    assert run("export", "ml", "--out", str(out)).exit_code == 0
    assert run("apply", str(out)).exit_code == 0
    assert run("export", "ml").output == out.read_text()
    assert json.loads(run("gradebook", "ml").output)["learners"][0]["name"] == "bob"
    assert run("gradebook", "ml", "--csv").output.splitlines()[1] == "bob,bob,,"


def test_every_fault_of_a_file_is_printed_and_the_exit_code_is_2(run, tmp_path) -> None:
    file = tmp_path / "ml.toml"
    file.write_text(FILE.replace("twice", "twise").replace("[[", 'tile = "x"\n[[', 1))
    refused = run("apply", str(file))
    assert refused.exit_code == 2
    assert "class.toml:6: unknown key `tile`; did you mean `title`?" in refused.output
    file.write_text("slug =")
    assert "can't be read as TOML" in run("apply", str(file)).output
    file.write_text("title = 'x'")
    assert "no `slug`" in run("apply", str(file)).output
    assert run("export", "other").exit_code == 2
    assert run("gradebook", "ml", "--csv", "--json").exit_code == 2


def test_a_judge_that_is_away_is_exit_code_3(run) -> None:
    assert run("list", "--url", "http://127.0.0.1:9").exit_code == 3
