"""A judge without any sign-in is refused where others reach it."""

import pytest
from typer.testing import CliRunner

from judge.cli import app
from judge.errors import SettingsFault
from judge.settings import Settings
from judge.web.access_mode import refuse_exposed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.0.1", "LOCALHOST"])
@pytest.mark.parametrize("access", ["local", "open", "accounts"])
def test_on_loopback_every_mode_may_run(host: str, access: str) -> None:
    refuse_exposed(Settings(host=host, access=access))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "judge.example.org", ""])
def test_elsewhere_only_local_is_refused_and_says_what_to_choose(host: str) -> None:
    for access in ("open", "accounts"):
        refuse_exposed(Settings(host=host, access=access))
    with pytest.raises(SettingsFault, match=r"JUDGE_ACCESS=open .* JUDGE_ACCESS=accounts"):
        refuse_exposed(Settings(host=host))


def test_serve_ends_with_the_code_of_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUDGE_ACCESS", raising=False)
    result = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0", "--port", "0"])
    assert isinstance(result.exception, SettingsFault)
    assert "Choose: JUDGE_ACCESS=open" in str(result.exception)
