"""The secret that this server draws its hidden cases from: set by the operator, or made once and kept.

JUDGE_HIDDEN_SEED      wins; `package` means no secret at all
<data>/hidden-seed     where one process owns the data directory (SQLite)
table `secrets`        where many machines share a database (PostgreSQL)
"""

from judge.problems import hidden_seed
from judge.problems.hidden_seed import HiddenSeed
from judge.settings import Settings
from judge.store.store import Store

_NAME = "hidden-seed"  # in the table


async def settle_hidden_seed(settings: Settings, store: Store) -> HiddenSeed | None:
    """Return the secret of this server, made if there is none yet; None for the packages' own seeds.

    Sets `store.hidden_seed`. Raises SettingsFault, StoreFault.
    """
    if settings.hidden_seed:
        found = hidden_seed.of_setting(settings.hidden_seed)
    elif settings.embedded:
        found = hidden_seed.kept_in(settings.data)
    else:
        found = HiddenSeed(await store.secrets.get_or_keep(_NAME, hidden_seed.new_secret()))
    store.hidden_seed = found.fingerprint if found else ""
    return found
