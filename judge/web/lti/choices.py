"""The choice of an assignment for a course (deep linking): by staff of its class, who are instructors of the course."""

from datetime import UTC, datetime

from judge.lti.faults import LaunchRefused
from judge.web.lti import tickets
from judge.web.lti.people import known_account
from judge.web.lti.tickets import Ticket
from judge.web.state import Service
from judge.worker.lti.tool import LtiTool


def require_chooser(ticket: Ticket) -> None:
    """Raise LaunchRefused unless the launch is of an instructor who chooses for a course."""
    if not ticket.launch.chooses:
        raise LaunchRefused("the platform did not ask for a choice: open the activity again")
    if not ticket.launch.is_instructor:
        raise LaunchRefused("only instructors of the course choose its assignments")
    if not ticket.launch.course:
        raise LaunchRefused("the platform does not name the course: choose from within one")


async def chosen(
    service: Service, tool: LtiTool, ticket: Ticket, secret: str, assignment_id: str, url: str
) -> tuple[str, str]:
    """Join the course with the class of an assignment; return the assignment's title and the signed answer.

    An empty id chooses nothing: the title is empty then. Raises LaunchRefused and NotUsable.
    """
    from judge.lti.deep_linking import Choice, response  # cryptography is slow to import

    require_chooser(ticket)
    user, launch, lti = await known_account(service, ticket), ticket.launch, service.store.lti
    if user is None:
        raise LaunchRefused("your account on this judge is gone: open the activity again")
    found = None
    if assignment_id:
        taught = await lti.assignments.taught_by(user.id)
        found = next((each for each in taught if each.id == assignment_id), None)
        if found is None:
            raise LaunchRefused("this assignment is not of a class that you are staff of: open the activity again")
    await tickets.take(service, secret)
    if found is not None:
        await lti.platforms.join(ticket.platform.id, launch.deployment, launch.course, found.class_id)
        target, detail = f"class:{found.class_slug}", {"issuer": ticket.platform.issuer, "course": launch.course}
        await service.store.accounts.audit.add(user.submitter, "class.course", target, detail)
    choice = Choice(assignment=found.id, title=found.title, url=url) if found else None
    key, now = await tool.key.get(), datetime.now(UTC)
    return found.title if found else "", response(key, ticket.platform, launch.deployment, launch.data, choice, now)
