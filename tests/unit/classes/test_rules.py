"""Rules of assignments: the late rule, what counts, and what is shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from judge.assignment import LENGTHS, Assignment, Late, Period, Shown
from judge.classes import rules

DUE = datetime(2026, 10, 8, 12, tzinfo=UTC)
PLAIN = Assignment(slug="week-1", title="Freezing", problems=("twice",), due=DUE)
seconds = st.integers(-10_000_000, 10_000_000).map(lambda number: timedelta(seconds=number))
lates = st.builds(
    Late,
    penalty=st.just(0.0) | st.floats(0.01, 1),
    per=st.sampled_from(Period),
    until=st.none() | st.integers(1, 5_000_000).map(lambda number: DUE + timedelta(seconds=number)),
)


def test_a_late_attempt_loses_a_part_for_each_day_that_has_begun() -> None:
    late = replace(PLAIN, late=Late(penalty=0.3, per=Period.DAY))
    microsecond = timedelta(microseconds=1)
    days = [0, 1, 2, 3, 4]
    assert [rules.share_at(late, DUE + timedelta(days=day)) for day in days] == [1.0, 0.7, 0.4, 0.1, 0.0]
    assert rules.share_at(late, DUE + microsecond) == 0.7
    assert rules.share_at(PLAIN, DUE + microsecond) == 0.0


@given(lates, seconds, seconds)
def test_a_later_attempt_never_keeps_more_and_one_in_time_keeps_all(late: Late, one: timedelta, two: timedelta) -> None:
    assignment = replace(PLAIN, late=late)
    early, later = sorted([DUE + one, DUE + two])
    assert 0.0 <= rules.share_at(assignment, later) <= rules.share_at(assignment, early) <= 1.0
    assert rules.share_at(assignment, min(early, DUE)) == 1.0


@given(lates, seconds)
def test_the_share_is_what_the_sentence_says(late: Late, after: timedelta) -> None:
    assume(after > timedelta(0))
    sent = DUE + after
    periods = -(-after // LENGTHS[late.per])
    expected = 0.0 if late.until and sent > late.until else max(0.0, 1 - periods * late.penalty)
    assert abs(rules.share_at(replace(PLAIN, late=late), sent) - expected) < 2e-6


@given(lates)
def test_the_steps_are_few_and_fall_to_nothing(late: Late) -> None:
    steps = replace(PLAIN, late=late).steps
    assert len(steps) <= 100
    assert [share for _, share in steps] == sorted((share for _, share in steps), reverse=True)
    assert bool(steps) == bool(late.penalty)


def test_an_attempt_counts_between_the_dates_while_any_is_left() -> None:
    assignment = replace(PLAIN, opens=DUE - timedelta(days=1), attempts=2)
    before, between, after = DUE - timedelta(days=2), DUE, DUE + timedelta(seconds=1)
    assert rules.standing(assignment, 0, before).reason == "it has not opened yet"
    assert rules.standing(assignment, 0, after).reason == "it is closed"
    assert rules.standing(assignment, 1, between) == rules.Standing(reason="", share=1.0, left=1)
    assert rules.standing(assignment, 2, between).reason == "all of its 2 attempts are used"
    assert rules.standing(PLAIN, 9, between).left is None


def test_the_strictest_assignment_decides_what_is_shown() -> None:
    after_due, never = (
        replace(PLAIN, hints=Shown.AFTER_DUE, solution=Shown.AFTER_DUE),
        replace(PLAIN, hints=Shown.NEVER),
    )
    later = DUE + timedelta(seconds=1)
    assert rules.hints_shown([PLAIN], DUE)
    assert rules.hints_shown([], DUE)
    assert not rules.hints_shown([PLAIN, after_due], DUE)
    assert rules.hints_shown([PLAIN, after_due], later)
    assert not rules.hints_shown([never, PLAIN], later)
    assert [rules.solution_shown([after_due], time) for time in (DUE, later)] == [False, True]
    with_late = replace(after_due, late=Late(until=DUE + timedelta(days=1)))  # while late ones count, it stays hidden
    assert [rules.solution_shown([with_late], DUE + timedelta(days=days)) for days in (1, 2)] == [False, True]
    assert not rules.solution_shown([replace(after_due, due=None)], later)


def test_the_late_rule_is_said_in_words() -> None:
    late = Late(penalty=0.125, per=Period.HOUR)
    assert rules.late_in_words(replace(PLAIN, late=late)).startswith(
        "Each hour after the due date that has begun costs 12.5%"
    )
    assert rules.late_in_words(PLAIN) == "Nothing counts after the due date."
    assert rules.late_in_words(replace(PLAIN, late=Late())) == "Late attempts count in full."
    assert rules.late_in_words(replace(PLAIN, due=None)) == "There is no due date."
