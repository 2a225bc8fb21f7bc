"""Settings from the environment: what is read, what is refused, what is listed."""

import os
import re
from pathlib import Path

import pytest

from judge.errors import SettingsFault
from judge.settings import (
    BUILD_VARIABLES,
    ClientSettings,
    Settings,
    load_client_settings,
    load_settings,
    user_cache,
    variable_of,
)
from judge.settings_list import list_settings

ROOT = Path(__file__).parents[2]
NOT_SETTINGS = {
    "JUDGE_ERROR",  # a member of Verdict
    "JUDGE_DOCTOR_SECRET",  # planted by `judge doctor` itself, as bait for its attacks
}
ENVIRONMENT_READERS = {  # beside settings.py: none of them reads a setting
    "bench/served.py",  # passes all of it to the server that it starts
    "bench/ways.py",  # passes what Python itself needs
    "cli/commands/grade_files.py",  # the file that a GitHub workflow gives for its step summary
    "grading/checker/connection.py",  # passes what Python itself needs
    "inside/environment_variables.py",  # the box's own, which holds no settings
    "inside/fallback_guard.py",
    "inside/patches/options.py",
    "inside/patches/xla_flags.py",
    "sandbox/doctor/target.py",
    "prestart.py",
    "web/editor/build.py",  # a build hook, which can't import the judge
}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("JUDGE_"):
            monkeypatch.delenv(name)


def rows(settings: Settings, environment: dict[str, str]) -> list[dict]:
    return list_settings(settings, load_client_settings(), environment)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("JUDGE_PORT", "http"),
        ("JUDGE_PORT", "70000"),
        ("JUDGE_WORKERS", "-1"),
        ("JUDGE_QUEUE_LIMIT", "0"),
        ("JUDGE_LOG_LEVEL", "loud"),
        ("JUDGE_STALL_SECONDS", "3"),
        ("JUDGE_DATABASE_URL", "mysql://host/judge"),
        ("JUDGE_TRUSTED_PROXIES", "my-proxy"),
    ],
)
def test_a_wrong_value_is_reported_with_the_name_of_its_variable(monkeypatch, variable, value) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsFault, match=f"^{variable}: "):
        load_settings()


def test_all_wrong_values_are_reported_at_once_and_quoted(monkeypatch) -> None:
    monkeypatch.setenv("JUDGE_PORT", "http")
    monkeypatch.setenv("JUDGE_LOG_LEVEL", "loud")
    with pytest.raises(SettingsFault) as raised:
        load_settings()
    assert "JUDGE_PORT: " in str(raised.value)
    assert "; it is 'http'; JUDGE_LOG_LEVEL: " in str(raised.value)


def test_the_command_line_wins_over_the_environment_and_none_means_unset(monkeypatch) -> None:
    monkeypatch.setenv("JUDGE_PORT", "9000")
    monkeypatch.setenv("JUDGE_HOST", "0.0.0.0")
    settings = load_settings({"port": 9001, "host": None})
    assert (settings.port, settings.host) == (9001, "0.0.0.0")


def test_the_client_s_settings_come_from_the_command_line_the_environment_or_a_default(monkeypatch) -> None:
    assert load_client_settings() == ClientSettings()
    monkeypatch.setenv("JUDGE_URL", "http://judge:80")
    monkeypatch.setenv("JUDGE_SUBMITTER", "ada")
    monkeypatch.setenv("JUDGE_TOKEN", "")
    settings = load_client_settings({"url": None, "submitter": "bob"})
    assert (settings.url, settings.submitter, settings.token) == ("http://judge:80", "bob", None)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("", "sqlite:////srv/judge.sqlite3"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgres://h/d", "postgresql+psycopg://h/d"),
        ("postgresql+psycopg://h/d", "postgresql+psycopg://h/d"),
    ],
)
def test_the_database_is_a_file_in_the_data_directory_unless_another_is_named(given, url) -> None:
    settings = load_settings({"data": Path("/srv"), "database_url": given})
    assert settings.url == url
    assert settings.embedded == (not given)


def test_servers_and_commands_have_a_cache_each_unless_one_is_named() -> None:
    settings = load_settings({"data": Path("/srv")})
    assert (settings.cache_dir, settings.command_cache_dir) == (Path("/srv/cache"), user_cache())
    settings = load_settings({"data": Path("/srv"), "cache": Path("/c")})
    assert (settings.cache_dir, settings.command_cache_dir) == (Path("/c"), Path("/c"))


def test_every_setting_is_listed_with_its_meaning_and_no_secret_is_shown(monkeypatch) -> None:
    monkeypatch.setenv("JUDGE_TOKEN", "hunter2")
    settings = load_settings(
        {"admin_token": "hunter2", "hidden_seed": "hunter2", "database_url": "postgresql://u:hunter2@h/d"}
    )
    found = rows(settings, {"JUDGE_ADMIN_TOKEN": "hunter2", "JUDGE_REQUIRE_EDITOR": "1"})
    fields = [*Settings.model_fields, *ClientSettings.model_fields]
    assert [row["variable"] for row in found] == [*map(variable_of, fields), *BUILD_VARIABLES]
    assert all(row["meaning"] for row in found)
    assert "hunter2" not in str(found)
    assert [row["variable"] for row in found if row["set"]] == ["JUDGE_ADMIN_TOKEN", "JUDGE_REQUIRE_EDITOR"]
    values = {row["variable"]: row["value"] for row in found}
    assert values["JUDGE_ADMIN_TOKEN"] == values["JUDGE_TOKEN"] == values["JUDGE_HIDDEN_SEED"] == "(set)"
    assert values["JUDGE_DATABASE_URL"] == "postgresql://u:***@h/d"
    assert values["JUDGE_REQUIRE_EDITOR"] == "1"
    assert values["JUDGE_SUBMITTER"] == ""


def test_every_variable_that_the_judge_names_is_listed() -> None:
    sources = [path for path in (ROOT / "judge").rglob("*") if path.suffix in {".py", ".html", ".md", ".txt", ".mako"}]
    sources += [ROOT / name for name in ("Dockerfile", "compose.yaml", "README.md")]
    named = {
        variable for path in sources for variable in re.findall(r"\bJUDGE_[A-Z][A-Z_]*[A-Z]\b", path.read_text("utf-8"))
    }
    listed = {row["variable"] for row in rows(load_settings(), {})}
    assert {name for name in named if not name.startswith("JUDGE_TEST_")} - listed == NOT_SETTINGS
    assert {"JUDGE_URL", "JUDGE_PORT", "JUDGE_REQUIRE_EDITOR"} <= named & listed


def test_no_other_file_reads_the_environment() -> None:
    pattern = re.compile(r"\bos\.(environb?|getenv)\b|\benvvar=")
    readers = {
        str(path.relative_to(ROOT / "judge"))
        for path in (ROOT / "judge").rglob("*.py")
        if pattern.search(path.read_text("utf-8"))
    }
    assert readers == {"settings.py", "settings_list.py", *ENVIRONMENT_READERS}


def test_a_provider_has_three_variables_and_its_secret_is_not_listed(monkeypatch) -> None:
    for part, value in {"ISSUER": "https://login.test/realm", "CLIENT_ID": "judge", "CLIENT_SECRET": "hunter2"}.items():
        monkeypatch.setenv(f"JUDGE_OIDC_Old_Uni_{part}", value)
    settings = load_settings()
    [provider] = settings.providers
    assert (provider.name, provider.label, provider.issuer) == ("Old_Uni", "Old Uni", "https://login.test/realm")
    assert "hunter2" not in str(rows(settings, dict(os.environ))) + repr(settings) + repr(provider)
    values = {row["variable"]: row["value"] for row in rows(settings, dict(os.environ))}
    assert (values["JUDGE_OIDC_Old_Uni_CLIENT_ID"], values["JUDGE_OIDC_Old_Uni_CLIENT_SECRET"]) == ("judge", "(set)")


WHOLE = {"ISSUER": "https://login.test", "CLIENT_ID": "judge", "CLIENT_SECRET": "s"}


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ({"UNI_ISSUER": "https://login.test", "UNI_CLIENT_ID": "judge"}, "UNI_CLIENT_SECRET"),
        ({"UNI_CLIENT_ID": "judge", "UNI_CLIENT_SECRET": "s"}, "UNI_ISSUER"),
        ({"UNI_ISSUER": "http://login.test", "UNI_CLIENT_ID": "j", "UNI_CLIENT_SECRET": "s"}, "UNI_ISSUER"),
        ({"UNI_ISSUER": "https://login.test?a=b", "UNI_CLIENT_ID": "j", "UNI_CLIENT_SECRET": "s"}, "UNI_ISSUER"),
        ({"UNI_SECRET": "s"}, "UNI_SECRET"),
        ({**{f"A_{k}": v for k, v in WHOLE.items()}, **{f"B_{k}": v for k, v in WHOLE.items()}}, "B_ISSUER"),
    ],
)
def test_an_incomplete_or_wrong_provider_is_reported_by_its_variable(monkeypatch, given, variable) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"JUDGE_OIDC_{name}", value)
    with pytest.raises(SettingsFault, match=f"^JUDGE_OIDC_{variable}: "):
        load_settings()


def test_a_provider_on_this_machine_may_use_http_and_empty_variables_are_none(monkeypatch) -> None:
    for part, value in {**WHOLE, "ISSUER": "http://localhost:9400"}.items():
        monkeypatch.setenv(f"JUDGE_OIDC_LOCAL_{part}", value)
        monkeypatch.setenv(f"JUDGE_OIDC_EMPTY_{part}", "")
    assert [each.issuer for each in load_settings().providers] == ["http://localhost:9400"]
