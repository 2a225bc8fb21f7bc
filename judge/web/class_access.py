"""The rights over classes. Who is not a member, and no operator, finds none of it: 404.

viewer                                        assignments,   gradebook, mistakes,   making a class,
                                              own results    members, changing it   adding people by name
learner   of the class                        yes            no                     no
staff     of the class                        yes            yes                    no
operator  has the scope `operate` or `author` yes            yes                    yes
"""

import re
from dataclasses import dataclass

from judge.account import Scope
from judge.assignment import Assignment, ClassRole
from judge.store.classes.faults import UnknownClass
from judge.store.classes.records import ClassRecord
from judge.submission import SLUG
from judge.web.access import Viewer
from judge.web.problem_details import Refusal
from judge.web.state import Service


@dataclass(frozen=True, kw_only=True)
class OpenClass:
    """A class as a viewer may use it; `manages` if they see everything and change it."""

    record: ClassRecord
    role: ClassRole | None
    manages: bool


def is_class_operator(viewer: Viewer) -> bool:
    """Return whether `viewer` makes classes and manages all of them."""
    return bool(viewer.scopes & {Scope.OPERATE, Scope.AUTHOR})


async def open_class(service: Service, viewer: Viewer, slug: str) -> OpenClass:
    """Return a class for a member or operator. Raises UnknownClass for everybody else."""
    if not re.fullmatch(SLUG, slug):  # a database may not even take it
        raise UnknownClass
    record, role = await service.store.classes.find(slug, viewer.user.id if viewer.user else None)
    manages = is_class_operator(viewer) or role is ClassRole.STAFF
    if role is None and not manages:
        raise UnknownClass
    return OpenClass(record=record, role=role, manages=manages)


async def managed_class(service: Service, viewer: Viewer, slug: str) -> ClassRecord:
    """Return a class for its staff or an operator. Raises UnknownClass, or Refusal for learners."""
    found = await open_class(service, viewer, slug)
    if not found.manages:
        raise Refusal(403, "staff-only", "only the staff of a class may do this")
    return found.record


def assignment_of(assignments: tuple[Assignment, ...], slug: str) -> Assignment:
    """Return one of the assignments. Raises Refusal."""
    found = next((each for each in assignments if each.slug == slug), None)
    if found is None:
        raise Refusal(404, "unknown-assignment", f"the class has no assignment `{slug}`")
    return found
