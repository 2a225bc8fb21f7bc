"""The right to choose the seed of the hidden cases: the operator's setting JUDGE_SEED_CHOICE."""

from judge.account import Scope
from judge.settings import Settings
from judge.web.access import Sender
from judge.web.problem_details import Refusal


def require_seed_choice(sender: Sender, settings: Settings, seed: int) -> None:
    """Raise Refusal if `sender` may not choose `seed`. Everybody may use 0, the server's own."""
    if not seed or settings.seed_choice == "anyone":
        return
    if settings.seed_choice == "nobody" or not (settings.admin_token or settings.has_accounts):
        raise Refusal(403, "seed-not-free", "this judge does not allow choosing `seed`: leave it out")
    if Scope.AUTHOR not in sender.viewer.scopes:
        raise Refusal(403, "seed-not-free", "choosing `seed` needs the admin token: leave it out")
