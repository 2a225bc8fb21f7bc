"""The people of launches: an account for each, and the class that a link leads into.

A platform answers for its learners and for the staff of classes that it was joined with, and for nobody else: it can't
sign in operators, and it can't bring anybody into a class whose staff did not choose the course.
"""

import secrets
from datetime import UTC, datetime

from judge.account import Role, User
from judge.assignment import ClassRole
from judge.lti.faults import LaunchRefused
from judge.lti.names import account_names, display_name
from judge.store.accounts.faults import NameTaken
from judge.store.lti.assignments import LinkedAssignment
from judge.store.lti.scores import Followed
from judge.web.lti.tickets import Ticket
from judge.web.state import Service


async def known_account(service: Service, ticket: Ticket) -> User | None:
    """Return the account of a launch's person, None if they have none yet. Raises LaunchRefused."""
    user = await service.store.accounts.users.by_identity(ticket.platform.issuer, ticket.launch.subject)
    if user is not None and user.disabled:
        raise LaunchRefused("your account on this judge is disabled: its operator can enable it")
    if user is not None and user.role is Role.OPERATOR:
        raise LaunchRefused("your account runs this judge: sign in at the judge, and not from a learning platform")
    return user


async def new_account(service: Service, ticket: Ticket) -> User:
    """Make the account of a launch's person. Raises LaunchRefused."""
    if service.settings.sign_up == "invited":
        raise LaunchRefused("people need an account here first: sign in to yours, and open the activity again")
    users, launch = service.store.accounts.users, ticket.launch
    for name in account_names(launch.name, secrets.token_hex(4)):
        try:
            user = await users.add(name, display=display_name(launch.name))
        except NameTaken:
            continue
        if await users.link(user.id, ticket.platform.issuer, launch.subject):
            detail = {"role": "learner", "issuer": ticket.platform.issuer}
            await service.store.accounts.audit.add(user.submitter, "user.add", user.submitter, detail)
            return user
        await users.disable(user.id)  # the same person launched twice at once, and the other launch was first
        other = await known_account(service, ticket)
        if other is not None:
            return other
    raise LaunchRefused("no account could be made for you: open the activity again")


def require_joinable(user: User) -> None:
    """Raise LaunchRefused for an account that launches can't sign in to."""
    if user.role is Role.OPERATOR:
        raise LaunchRefused("your account runs this judge: launches can't sign in to it")


async def join_account(service: Service, ticket: Ticket, user: User) -> User:
    """Let launches of the ticket's person sign in to an account that exists, and return it. Raises LaunchRefused."""
    require_joinable(user)
    issuer = ticket.platform.issuer
    if not await service.store.accounts.users.link(user.id, issuer, ticket.launch.subject):
        raise LaunchRefused("launches of this person sign in to another account already")
    await service.store.accounts.audit.add(user.submitter, "user.link", user.submitter, {"issuer": issuer})
    return user


async def assignment_of(service: Service, ticket: Ticket) -> LinkedAssignment | None:
    """Return the assignment that a link leads to, None for a link to the judge as such. Raises LaunchRefused."""
    launch, lti = ticket.launch, service.store.lti
    if not launch.assignment:
        return None
    found = await lti.assignments.get(launch.assignment)
    if found is None:
        raise LaunchRefused("the assignment of this link is gone: the course's instructor chooses it anew")
    if not await lti.platforms.is_joined(ticket.platform.id, launch.deployment, launch.course, found.class_id):
        raise LaunchRefused(
            "this course is not joined with the class of the assignment: staff of the class choose an assignment of it"
            " in the course once, from the platform"
        )
    return found


async def enter(service: Service, ticket: Ticket, user: User, assignment: LinkedAssignment) -> None:
    """Let an account into the class of a link, and send its scores from now on. Raises TooMany."""
    launch, lti = ticket.launch, service.store.lti
    role = ClassRole.STAFF if launch.is_instructor else ClassRole.LEARNER if launch.is_learner else None
    if role is not None and await lti.assignments.enter(assignment.class_id, user.id, role):
        target, detail = f"class:{assignment.class_slug}", {"role": str(role), "issuer": ticket.platform.issuer}
        await service.store.accounts.audit.add(user.submitter, "class.join", target, detail)
    if launch.is_learner and launch.line_item:
        place = Followed(
            platform_id=ticket.platform.id,
            user_id=user.id,
            subject=launch.subject,
            assignment_id=assignment.id,
            line_item=launch.line_item,
        )
        await lti.scores.follow(place, datetime.now(UTC))
