"""The gradebook of a class, for pages and for the API."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from judge.assignment import Assignment, ClassRole
from judge.classes.gradebook import Row, rows_of
from judge.store.classes.records import ClassRecord
from judge.web.state import Service


@dataclass(frozen=True, kw_only=True)
class Book:
    """The rows of a class, or of some of its assignments."""

    assignments: Sequence[Assignment]
    rows: Sequence[Row]


async def book_of(service: Service, record: ClassRecord, chosen: Assignment | None = None) -> Book:
    """Return the gradebook of a class, or that of one assignment."""
    classes = service.store.classes
    assignments = (chosen,) if chosen else await classes.assignments(record.id)
    people = await classes.members(record.id)
    cells = await classes.gradebook.cells(record.id, assignments, assignment_id=chosen.id if chosen else None)
    learners = [each.user for each in people if each.role is ClassRole.LEARNER]
    rows = await asyncio.to_thread(rows_of, learners, assignments, cells)  # up to 2,400,000 cells
    return Book(assignments=assignments, rows=rows)
