"""The problems as a course: progress, what comes next, and what the filters leave."""

from pathlib import Path

import pytest

from judge.problems.load import load_problem
from judge.problems.problem import Problem
from judge.web.pages import course
from tests.helpers.tiny_package import MANIFEST, write_package

TRACK = '[track]\nname = "{name}"\norder = {order}\nafter = [{after}]\n\n[[hints]]'


@pytest.fixture
def found(tmp_path: Path) -> list[Problem]:
    """first -> second, third -> fourth (by order: first, third, second, fourth) in one track, and `other` alone."""
    rows = [("first", "A", 1, ""), ("third", "A", 2, '"second"'), ("second", "A", 3, '"first"'), ("other", "B", 1, "")]
    made = []
    for slug, name, order, after in rows:
        text = MANIFEST.replace("[[hints]]", TRACK.format(name=name, order=order, after=after))
        made.append(load_problem(write_package(tmp_path, slug, problem_toml=text)))
    return made


def slug(problem: Problem | None) -> str | None:
    return problem.slug if problem else None


def test_each_track_counts_what_is_solved(found: list[Problem]) -> None:
    courses = course.courses_of(found, {"first": "solved", "third": "attempted"})
    assert [(each.name, each.solved, each.total) for each in courses] == [("A", 1, 3), ("B", 0, 1)]


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({}, "first"),
        ({"first": "solved"}, "second"),  # third comes earlier, but builds on second
        ({"first": "solved", "second": "solved"}, "third"),
        ({"first": "solved", "other": "attempted"}, "other"),  # what was begun goes before
        ({"first": "solved", "second": "solved", "third": "solved"}, "other"),
        (dict.fromkeys(["first", "second", "third", "other"], "solved"), None),
    ],
)
def test_going_on_is_with_what_was_begun_or_the_first_whose_groundwork_is_done(
    found: list[Problem], states: dict[str, str], expected: str | None
) -> None:
    assert slug(course.continue_with(found, states)) == expected


@pytest.mark.parametrize(
    ("at", "states", "expected"),
    [
        ("first", {"first": "solved"}, "second"),
        ("other", {"other": "solved"}, "first"),  # its own track is done
        ("second", {"second": "solved"}, "first"),
        ("third", dict.fromkeys(["first", "second", "third"], "solved"), "other"),
        ("third", {"third": "solved", "second": "solved", "other": "solved"}, "first"),
        ("third", dict.fromkeys(["first", "second", "third", "other"], "solved"), None),
        ("gone", {}, "first"),
    ],
)
def test_the_next_problem_is_one_of_the_track_whose_groundwork_is_done(
    found: list[Problem], at: str, states: dict[str, str], expected: str | None
) -> None:
    assert slug(course.next_after(found, at, states)) == expected


def test_where_everything_builds_on_something_unsolved_the_first_is_next(found: list[Problem]) -> None:
    assert slug(course.next_after(found[1:3], "gone", {})) == "second"  # `first` is not installed, so it is no obstacle
    assert slug(course.next_after(found[1:2], "gone", {})) == "third"


def test_filters_by_state_and_tag(found: list[Problem]) -> None:
    states = {"first": "solved", "other": "attempted"}
    assert [each.slug for each in course.chosen(found, states, "open", "")] == ["third", "second"]
    assert [each.slug for each in course.chosen(found, states, "solved", "first")] == ["first"]
    assert course.chosen(found, states, "", "none") == []
    assert course.tags_of(found) == ["first"]


def test_what_a_problem_builds_on_is_named_by_title_or_else_by_slug(found: list[Problem]) -> None:
    assert course.groundwork_of(found) == {"second": ["Twice"], "third": ["Twice"]}
    assert course.groundwork_of(found[1:2]) == {"third": ["second"]}
