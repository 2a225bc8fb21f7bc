"""Proof that a person wants launches to sign in to their account: a page of another site can bring a launch here.

The launch may be somebody else's, under the person's own name, and its buttons would give the account away. So an
account with a password asks for it, and another one wants a session that began just now.
"""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from judge.account import User
from judge.web.access import viewer_of
from judge.web.problem_details import Refusal
from judge.web.sign_in import check_password
from judge.web.state import Service

FRESH = timedelta(minutes=10)  # of a session that counts as a proof


async def asks_password(service: Service, user: User) -> bool:
    """Return whether an account proves itself by its password."""
    return (await service.store.accounts.users.password_of(user.name))[1] is not None


async def fault_of_consent(request: Request, service: Service, user: User, password: str) -> str:
    """Return why a choice does not prove that it is the account's own, or an empty text."""
    if await asks_password(service, user):
        try:
            await check_password(request, service, user.name, password)
        except Refusal as refusal:
            return "this is not your password" if refusal.kind == "wrong-password" else refusal.detail
        return ""
    hashed = viewer_of(request).session
    session = await service.store.accounts.sessions.find(hashed) if hashed else None
    if session is None or session.created < datetime.now(UTC) - FRESH:
        return (
            "sign out of the judge, sign in again, and open the activity within ten minutes: this shows that it is you"
        )
    return ""
