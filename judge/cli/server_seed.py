"""The secret of this machine's server, for commands that are asked to draw hidden cases as it does."""

from judge.errors import SettingsFault
from judge.problems.hidden_seed import FILE, HiddenSeed, of_setting, read_from
from judge.settings import load_settings


def server_seed_here() -> HiddenSeed | None:
    """The secret that `judge serve` uses here; None where it uses none. Raises SettingsFault where none is known."""
    settings = load_settings()
    if settings.hidden_seed:
        return of_setting(settings.hidden_seed)
    try:
        return read_from(settings.data)
    except OSError as error:
        raise SettingsFault(
            f"no server's seed is known here: {settings.data / FILE} can't be read ({error.strerror}); start the server"
            " once, or set JUDGE_HIDDEN_SEED"
        ) from error
