"""Reads the secret of this machine's server, for commands that draw hidden cases as the server does."""

from judge.errors import SettingsFault
from judge.problems.hidden_seed import FILE, HiddenSeed, of_setting, read_from
from judge.settings import Settings


def server_seed_here(settings: Settings) -> HiddenSeed | None:
    """Return the secret that `judge serve` uses with these settings, or None if it uses no secret.

    Raises:
        SettingsFault: no secret is set, and the server has not made one here yet.
    """
    if settings.hidden_seed:
        return of_setting(settings.hidden_seed)
    try:
        return read_from(settings.data)
    except OSError as error:
        raise SettingsFault(
            f"the server's seed is not known: {settings.data / FILE} can't be read ({error.strerror}); start the server"
            " once, or set JUDGE_HIDDEN_SEED"
        ) from error
