"""The meaning of assignments for one more attempt, and their times, in words for pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from judge.assignment import Assignment
from judge.classes.rules import Standing
from judge.store.classes.records import Assigned

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


@dataclass(frozen=True, kw_only=True)
class AssignmentNote:
    """A line about one assignment; `counts` if one more attempt counts for it."""

    title: str
    url: str
    text: str
    counts: bool


def notes_of(found: Sequence[tuple[Assigned, Standing]]) -> list[AssignmentNote]:
    """Return a note for each assignment that a problem is in."""
    return [
        AssignmentNote(
            title=each.assignment.title,
            url=assignment_url(each.classroom.slug, each.assignment),
            text=standing_text(each.assignment, standing),
            counts=standing.counts,
        )
        for each, standing in found
    ]


def assignment_url(slug: str, assignment: Assignment) -> str:
    """Return the address of an assignment's page."""
    return f"/classes/{slug}/assignments/{assignment.slug}"


def standing_text(assignment: Assignment, standing: Standing) -> str:
    """Return what one more attempt is worth, as a sentence."""
    if not standing.counts:
        return f"what you send now does not count for {assignment.slug}, because {standing.reason}"
    texts = [f"due {moment_text(assignment.due)}"] if assignment.due else []
    if standing.left is not None:
        texts.append(f"{standing.left} {'attempt' if standing.left == 1 else 'attempts'} left")
    if standing.share < 1:
        texts.append(f"{standing.share * 100:g}% of the score counts now")
    return ", ".join(texts) or "open"


def moment_text(time: datetime, now: datetime | None = None) -> str:
    """Return a moment for people: `2026-10-08 21:59 UTC, in 3 days`."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {_distance(time, now or datetime.now(UTC))}"


def _distance(time: datetime, now: datetime) -> str:
    seconds = abs((time - now).total_seconds())
    unit, length = next(((unit, length) for unit, length in _UNITS if seconds >= length), _UNITS[-1])
    number = int(seconds // length)
    text = f"{number} {unit}{'' if number == 1 else 's'}"
    return f"in {text}" if time > now else f"{text} ago"
