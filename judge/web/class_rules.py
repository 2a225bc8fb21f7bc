"""The meaning of a learner's assignments for a problem: hidden hints and solutions, and whether attempts count."""

from collections.abc import Sequence
from datetime import UTC, datetime

from judge.assignment import Assignment
from judge.classes.rules import Standing, standing
from judge.store.classes.records import Assigned
from judge.web.access import Viewer
from judge.web.state import Service


async def assigned_to(service: Service, viewer: Viewer, problem: str) -> Sequence[Assigned]:
    """Return the assignments whose rules a viewer of a problem is under: none without accounts, and for operators.

    Who is not signed in is under the rules of every class, or a learner would only have to sign out.
    """
    if not service.settings.has_accounts or viewer.is_operator:
        return ()
    return await service.store.classes.assigned(problem, viewer.user.id if viewer.user else None)


def rules_of(assigned: Sequence[Assigned]) -> list[Assignment]:
    """Return the assignments alone."""
    return [each.assignment for each in assigned]


async def standings(
    service: Service, viewer: Viewer, problem: str, assigned: Sequence[Assigned]
) -> list[tuple[Assigned, Standing]]:
    """Return what one more attempt of the viewer is worth for each assignment; nothing for who is not signed in."""
    if viewer.user is None:
        return []
    now, found = datetime.now(UTC), []
    for each in assigned:
        attempts = 0
        if each.assignment.attempts is not None:
            cells = await service.store.classes.gradebook.cells(
                each.classroom.id,
                [each.assignment],
                user_id=viewer.user.id,
                assignment_id=each.assignment.id,
                problem=problem,
            )
            attempts = cells[0].attempts if cells else 0
        found.append((each, standing(each.assignment, attempts, now)))
    return found
