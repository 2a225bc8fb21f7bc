"""Who may ask for hidden cases of a seed of their own: the operator's setting JUDGE_SEED_CHOICE."""

import hmac

from fastapi import Request

from judge.settings import Settings
from judge.web.problem_details import Refusal

_SCHEME = "bearer "


def require_seed_choice(request: Request, settings: Settings, seed: int) -> None:
    """Let a request choose `seed`; 0, the server's own, is everyone's. Raises Refusal."""
    if not seed or settings.seed_choice == "anyone":
        return
    if settings.seed_choice == "nobody" or not settings.admin_token:
        raise Refusal(403, "seed-not-free", "the operator lets nobody choose `seed`: leave it out")
    given = request.headers.get("authorization", "")
    token = given[len(_SCHEME) :].strip() if given.lower().startswith(_SCHEME) else ""
    if not hmac.compare_digest(token.encode(), settings.admin_token.encode()):
        raise Refusal(403, "seed-not-free", "only the admin, with the token, may choose `seed`: leave it out")
