"""The identity of a browser, and the serving of the judge's own files."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.requests import Request

from judge.web.pages.security import page_headers
from judge.web.pages.static_files import Assets
from judge.web.schemas import SUBMITTER
from judge.web.visitor_cookie import visitor_of


def request(**headers: str) -> Request:
    raw = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "judge.test", **headers}.items()
    ]
    return Request({"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": raw})


def test_a_browser_is_the_same_submitter_as_long_as_it_brings_its_cookie() -> None:
    first = visitor_of(request())
    assert first.is_new
    again = visitor_of(request(cookie=f"judge_visitor={first.token}"))
    assert not again.is_new
    assert again.submitter == first.submitter
    assert visitor_of(request()).submitter != first.submitter


def test_the_submitters_name_gives_the_cookie_away_to_nobody() -> None:
    visitor = visitor_of(request())
    assert visitor.token not in visitor.submitter
    assert visitor.submitter not in visitor.token


def test_the_apis_own_header_cannot_name_a_browser() -> None:
    assert not re.fullmatch(SUBMITTER, visitor_of(request()).submitter)


@pytest.mark.parametrize("cookie", ["", "short", "x" * 500, "\u00e4" * 27])
def test_a_cookie_that_we_did_not_make_is_no_visitor(cookie: str) -> None:
    assert visitor_of(request(cookie=f"judge_visitor={cookie}")).is_new


def test_the_policy_runs_no_inline_script_and_names_this_answers_nonce() -> None:
    policy = page_headers("abc")["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "style-src 'self' 'nonce-abc'" in policy


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.css").write_text("body { color: red }" * 50)
    (tmp_path / "secret.py").write_text("no asset")
    return tmp_path


def test_a_file_is_served_packed_for_ever_under_its_versions_name(folder: Path) -> None:
    assets = Assets(folder)
    _, _, digest, name = assets.url("app.css").split("/")
    answer = assets.respond(request(accept_encoding="gzip, br"), digest, name)
    assert gzip.decompress(bytes(answer.body)) == (folder / "app.css").read_bytes()
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    plain = assets.respond(request(), digest, name)
    assert bytes(plain.body) == (folder / "app.css").read_bytes()


def test_another_version_has_another_name_and_old_names_lead_to_it(folder: Path) -> None:
    old = Assets(folder)
    (folder / "app.css").write_text("body { color: blue }")
    new = Assets(folder)
    assert old.url("app.css") != new.url("app.css")
    answer = new.respond(request(), old.digest, "app.css")
    assert (answer.status_code, answer.headers["location"]) == (307, new.url("app.css"))


@pytest.mark.parametrize("name", ["none.css", "secret.py", "../app.css", "/etc/passwd", ""])
def test_nothing_else_is_served(folder: Path, name: str) -> None:
    assert Assets(folder).respond(request(), "x", name).status_code == 404


def test_a_missing_editor_is_said_in_the_log(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    assets = Assets(folder)
    assert not assets.has_editor
    assert "uv sync --reinstall-package judge" in caplog.text
    with pytest.raises(KeyError):
        assets.url("build/editor.js")
