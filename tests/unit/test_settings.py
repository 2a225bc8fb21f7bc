"""Settings from the environment: what is read, what is refused, what is shown."""

from pathlib import Path

import pytest

from judge.errors import SettingsFault
from judge.settings import Settings, listed, load_settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"JUDGE_{name.upper()}", raising=False)


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
    ],
)
def test_a_wrong_value_is_told_by_its_variables_name(monkeypatch, variable, value) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsFault, match=variable):
        load_settings()


def test_the_command_line_wins_over_the_environment_and_none_means_unset(monkeypatch) -> None:
    monkeypatch.setenv("JUDGE_PORT", "9000")
    monkeypatch.setenv("JUDGE_HOST", "0.0.0.0")
    settings = load_settings({"port": 9001, "host": None})
    assert (settings.port, settings.host) == (9001, "0.0.0.0")


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


def test_every_setting_is_listed_and_no_secret_is_shown() -> None:
    settings = load_settings({"admin_token": "hunter2", "database_url": "postgresql://u:hunter2@h/d"})
    rows = listed(settings, {"JUDGE_ADMIN_TOKEN": "hunter2"})
    assert {row["variable"] for row in rows} == {f"JUDGE_{name.upper()}" for name in Settings.model_fields}
    assert all(row["meaning"] for row in rows)
    assert "hunter2" not in str(rows)
    assert [row["variable"] for row in rows if row["set"]] == ["JUDGE_ADMIN_TOKEN"]
