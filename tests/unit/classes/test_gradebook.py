"""The gradebook as rows, JSON and CSV."""

import csv
import io
from datetime import UTC, datetime

from judge.account import Role, User
from judge.assignment import Assignment, Cell
from judge.classes import gradebook

NOW = datetime(2026, 10, 8, 12, tzinfo=UTC)
WEEK = Assignment(id="a1", slug="week-1", title="Freezing", problems=("twice", "thrice"))


def user(name: str, display: str = "") -> User:
    return User(id=f"id-{name}", name=name, display=display or name, role=Role.LEARNER, created=NOW)


def cell(name: str, problem: str, score: float) -> Cell:
    return Cell(
        assignment_id="a1",
        user_id=f"id-{name}",
        problem=problem,
        submission_id="s1",
        sent=NOW,
        verdict="wrong_answer",
        score=score,
        late=True,
        attempts=3,
        solved=False,
    )


ROWS = gradebook.rows_of([user("ann", "=1+1"), user("bob")], [WEEK], [cell("ann", "thrice", 0.5)])


def test_a_problem_without_an_attempt_counts_as_nothing_in_the_mean() -> None:
    [ann, bob] = ROWS
    assert (ann.groups[0].score, ann.groups[0].is_begun) == (0.25, True)
    assert (bob.groups[0].score, bob.groups[0].is_begun) == (0.0, False)


def test_the_table_has_empty_cells_without_an_attempt_and_no_formula() -> None:
    read = list(csv.reader(io.StringIO(gradebook.as_csv(ROWS, [WEEK]))))
    assert read == [
        ["learner", "name", "week-1/twice", "week-1/thrice", "week-1"],
        ["ann", "'=1+1", "", "0.5", "0.25"],
        ["bob", "bob", "", "", ""],
    ]


def test_the_json_names_each_result_and_its_submission() -> None:
    found = gradebook.as_json(ROWS, [WEEK])
    assert found["assignments"] == [{"slug": "week-1", "title": "Freezing", "problems": ["twice", "thrice"]}]
    [result] = found["learners"][0]["assignments"][0]["problems"]
    assert (result["problem"], result["submission"], result["late"], result["attempts"]) == ("thrice", "s1", True, 3)
    assert found["learners"][1]["assignments"][0]["problems"] == []
