"""The gradebook of a class: a row for each learner, a cell for each problem, and the same as JSON or CSV.

Of a learner's attempts at a problem the one with the best score counts, after the late rule. The score of an
assignment is the mean of those of its problems; a problem without an attempt has 0.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from judge.account import User
from judge.assignment import Assignment, Cell
from judge.export.tables import text_cell

SCORE_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Group:
    """The cells of one learner in one assignment, one for each of its problems, and their mean score."""

    assignment: Assignment
    cells: tuple[Cell | None, ...]

    @property
    def score(self) -> float:
        """Return the score of the assignment, 0 to 1."""
        return round(sum(cell.score for cell in self.cells if cell) / len(self.cells), SCORE_DIGITS)

    @property
    def is_begun(self) -> bool:
        """Return whether there is any attempt."""
        return any(self.cells)


@dataclass(frozen=True, kw_only=True)
class Row:
    """The results of one learner."""

    user: User
    groups: tuple[Group, ...]


def rows_of(learners: Iterable[User], assignments: Sequence[Assignment], cells: Iterable[Cell]) -> tuple[Row, ...]:
    """Return the rows of a gradebook, in the order of `learners`."""
    found = {(cell.user_id, cell.assignment_id, cell.problem): cell for cell in cells}
    return tuple(
        Row(
            user=user,
            groups=tuple(
                Group(
                    assignment=each,
                    cells=tuple(found.get((user.id, each.id, problem)) for problem in each.problems),
                )
                for each in assignments
            ),
        )
        for user in learners
    )


def as_json(rows: Sequence[Row], assignments: Sequence[Assignment]) -> dict[str, Any]:
    """Return the gradebook for JSON."""
    titles = [{"slug": each.slug, "title": each.title, "problems": list(each.problems)} for each in assignments]
    return {"assignments": titles, "learners": [_learner(row) for row in rows]}


def as_csv(rows: Sequence[Row], assignments: Sequence[Assignment]) -> str:
    """Return the scores as a table (RFC 4180) whose texts no spreadsheet computes; empty without an attempt."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    columns = [[*(f"{each.slug}/{problem}" for problem in each.problems), each.slug] for each in assignments]
    writer.writerow(["learner", "name", *(text_cell(name) for names in columns for name in names)])
    for row in rows:
        scores = [score for group in row.groups for score in _scores(group)]
        writer.writerow([text_cell(row.user.name), text_cell(row.user.display), *scores])
    return buffer.getvalue()


def _scores(group: Group) -> list[float | str]:
    cells = [round(cell.score, SCORE_DIGITS) if cell else "" for cell in group.cells]
    return [*cells, group.score if group.is_begun else ""]


def _learner(row: Row) -> dict[str, Any]:
    return {
        "name": row.user.name,
        "display": row.user.display,
        "assignments": [
            {
                "slug": group.assignment.slug,
                "score": group.score,
                "problems": [_result(cell) for cell in group.cells if cell],
            }
            for group in row.groups
        ],
    }


def _result(cell: Cell) -> dict[str, Any]:
    return {
        "problem": cell.problem,
        "score": round(cell.score, SCORE_DIGITS),
        "verdict": cell.verdict,
        "attempts": cell.attempts,
        "late": cell.late,
        "solved": cell.solved,
        "submission": cell.submission_id,
        "sent": cell.sent.isoformat(),
    }
