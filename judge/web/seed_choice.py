"""The right to ask for hidden cases of a seed of one's own: the operator's setting JUDGE_SEED_CHOICE."""

from judge.settings import Settings
from judge.web.access import Sender
from judge.web.problem_details import Refusal


def require_seed_choice(sender: Sender, settings: Settings, seed: int) -> None:
    """Let `sender` choose `seed`; 0, the server's own, is everyone's. Raises Refusal."""
    if not seed or settings.seed_choice == "anyone":
        return
    if settings.seed_choice == "nobody" or not settings.admin_token:
        raise Refusal(403, "seed-not-free", "the operator lets nobody choose `seed`: leave it out")
    if not sender.is_operator:
        raise Refusal(403, "seed-not-free", "only the admin, with the token, may choose `seed`: leave it out")
