"""The choice of JUDGE_ACCESS: what one person's machine needs not ask, others must."""

from judge.errors import SettingsFault
from judge.settings import Settings
from judge.web.client_address import is_loopback_name


def refuse_exposed(settings: Settings) -> None:
    """Raise SettingsFault if a judge without any sign-in would listen where other machines reach it."""
    if settings.access == "local" and not is_loopback_name(settings.host.lower()):
        raise SettingsFault(
            f"JUDGE_ACCESS is `local`, for one person on this machine, but JUDGE_HOST is {settings.host}, which others"
            " reach. Choose: JUDGE_ACCESS=open (anyone may attempt, and sees only their own sources and reports) or"
            " JUDGE_ACCESS=accounts (people sign in)"
        )
