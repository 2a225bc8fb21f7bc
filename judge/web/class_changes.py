"""Changes of classes, from a page or by the API: checked, applied, and written into the audit log."""

import asyncio
from itertools import islice

from judge.assignment import ClassDescription
from judge.classes.class_file import FILE, ClassFileFault, line_of, read_class
from judge.problems.suggest import did_you_mean
from judge.store.classes.faults import NotEnrolled, UnknownMembers
from judge.web.access import Viewer
from judge.web.class_access import is_class_operator, managed_class
from judge.web.limits import MOST_ERRORS
from judge.web.problem_details import Refusal
from judge.web.state import Service


async def apply_class(service: Service, viewer: Viewer, text: str, slug: str | None) -> ClassDescription:
    """Make the class that `text` describes, or change the class `slug` to it; return it. Raises Refusal.

    Staff change their class; only operators make one, and only they add learners by name.
    """
    if slug is not None and not is_class_operator(viewer):
        await managed_class(service, viewer, slug)
    elif not is_class_operator(viewer):
        raise Refusal(403, "operators-only", "only operators make classes: ask one for yours")
    description = await asyncio.to_thread(_read, service, text, slug)  # a long file takes a while
    try:
        is_new = await service.store.classes.apply(description, may_enrol=is_class_operator(viewer))
    except UnknownMembers as unknown:
        raise _faulty([f"{FILE}: {unknown}; share the join link with who has no account yet"]) from unknown
    except NotEnrolled as fault:
        raise _faulty([f"{FILE}: {fault}"]) from fault
    detail = {
        "staff": list(description.staff),
        "learners": len(description.learners),
        "assignments": [each.slug for each in description.assignments],
    }
    action = "class.add" if is_new else "class.change"
    await service.store.accounts.audit.add(viewer.name, action, f"class:{description.slug}", detail)
    return description


def _read(service: Service, text: str, slug: str | None) -> ClassDescription:
    try:
        description = read_class(text)
    except ClassFileFault as fault:
        raise _faulty(fault.faults) from fault
    if slug is not None and description.slug != slug:
        raise _faulty([f"{FILE}:{line_of(text, ['slug'])}: the slug of this class is `{slug}`, and can't be changed"])
    known = {problem.slug for problem in service.catalog.problems()}
    found = (
        f"{FILE}:{line_of(text, ['assignments', number, 'problems'])}: there is no problem"
        f" `{problem}`{did_you_mean(problem, known)}"
        for number, each in enumerate(description.assignments)
        for problem in each.problems
        if problem not in known
    )
    if faults := list(islice(found, MOST_ERRORS)):
        raise _faulty(faults)
    return description


def _faulty(faults: list[str] | tuple[str, ...]) -> Refusal:
    errors = [dict(zip(("where", "message"), fault.split(": ", 1), strict=True)) for fault in faults]
    return Refusal(422, "invalid-class", "\n".join(faults), errors=errors)
