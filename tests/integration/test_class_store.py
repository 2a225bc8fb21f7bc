"""Classes in the store: described, joined, and counted; each test runs on SQLite and on PostgreSQL."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from judge.assignment import Assignment, ClassRole, Late, Period, Shown
from judge.store.accounts.faults import TooMany
from judge.store.classes import apply
from judge.store.classes.faults import NotEnrolled, UnknownClass, UnknownMembers
from judge.store.records import NewSubmission
from judge.verdict import Verdict
from tests.helpers.class_rows import NOW, Sent, make_class, people, report_of, write

WEEK = Assignment(slug="week-1", title="Freezing", problems=("twice", "thrice"))
DUE = replace(
    WEEK,
    opens=NOW - timedelta(days=7),
    due=NOW,
    attempts=3,
    late=Late(penalty=0.25, per=Period.DAY, until=NOW + timedelta(days=2)),
    hints=Shown.AFTER_DUE,
    solution=Shown.NEVER,
)
DAY = timedelta(days=1)


async def test_a_class_comes_back_as_it_was_described_and_applying_it_again_changes_nothing(store) -> None:
    await people(store, ["ann", "Bob", "cy"])
    class_id = await make_class(store, [DUE, replace(WEEK, slug="week-2")], ["ann"], ["Bob", "cy"])
    first = await store.classes.description("ml")
    assert [replace(each, id="") for each in first.assignments] == [DUE, replace(WEEK, slug="week-2")]
    assert (first.staff, first.learners) == (("ann",), ("Bob", "cy"))
    assert await store.classes.apply(first) is False
    assert await store.classes.description("ml") == first
    assert (await store.classes.find("ml"))[0].id == class_id


async def test_an_assignment_keeps_its_id_when_it_changes_and_one_that_is_left_out_goes(store) -> None:
    class_id = await make_class(store, [WEEK, replace(WEEK, slug="week-2")])
    [first, _] = await store.classes.assignments(class_id)
    await make_class(store, [replace(WEEK, title="Other", problems=("thrice",))])
    [kept] = await store.classes.assignments(class_id)
    assert (kept.id, kept.title, kept.problems) == (first.id, "Other", ("thrice",))


async def test_people_without_an_account_are_named_and_nothing_is_written(store) -> None:
    await people(store, ["ann"])
    with pytest.raises(UnknownMembers) as caught:
        await make_class(store, [WEEK], ["ann", "eve"], ["mallory"])
    assert caught.value.names == ("eve", "mallory")
    with pytest.raises(UnknownClass):
        await store.classes.find("ml")


async def test_learners_who_joined_stay_and_staff_who_are_left_out_go(store) -> None:
    ann, bob, cy = await people(store, ["ann", "bob", "cy"])
    class_id = await make_class(store, [WEEK], ["ann", "bob"])
    await store.classes.add_learner(class_id, cy.id)
    await store.classes.add_learner(class_id, cy.id)
    await make_class(store, [WEEK], ["ann"])
    assert {each.user.name: each.role for each in await store.classes.members(class_id)} == {
        "ann": ClassRole.STAFF,
        "cy": ClassRole.LEARNER,
    }
    assert (await store.classes.memberships(bob.id)).any is False
    assert not await store.classes.remove(class_id, ann.id)
    assert await store.classes.remove(class_id, cy.id)


async def test_who_may_not_enrol_adds_no_learner_by_name_but_keeps_those_that_joined(store) -> None:
    _, bob, _ = await people(store, ["ann", "bob", "cy"])
    class_id = await make_class(store, [WEEK], ["ann"])
    await store.classes.add_learner(class_id, bob.id)
    described = await store.classes.description("ml")
    await store.classes.apply(replace(described, title="New"), may_enrol=False)
    with pytest.raises(NotEnrolled, match="cy"):
        await store.classes.apply(replace(described, learners=("bob", "cy")), may_enrol=False)
    with pytest.raises(NotEnrolled, match="ann"):  # nor by way of the staff
        await store.classes.apply(replace(described, staff=("bob",), learners=("ann",)), may_enrol=False)


async def test_a_class_and_a_teacher_have_bounds(store, monkeypatch) -> None:
    ann, bob = await people(store, ["ann", "bob"])
    monkeypatch.setattr(apply, "MOST_LEARNERS", 1)
    class_id = await make_class(store, [WEEK])
    await store.classes.add_learner(class_id, ann.id)
    with pytest.raises(TooMany):
        await store.classes.add_learner(class_id, bob.id)
    monkeypatch.setattr(apply, "MOST_TAUGHT", 1)
    await make_class(store, [], ["bob"], slug="second")
    with pytest.raises(TooMany):
        await make_class(store, [], ["bob"], slug="third")


async def test_a_join_link_leads_to_its_class_until_it_is_replaced_or_the_class_archived(store) -> None:
    class_id = await make_class(store, [WEEK])
    assert await store.classes.by_join_link("") is None
    await store.classes.set_join_link(class_id, "a" * 64)
    assert (await store.classes.by_join_link("a" * 64)).slug == "ml"
    assert await store.classes.by_join_link("b" * 64) is None
    await make_class(store, [WEEK], archived=True)
    assert await store.classes.by_join_link("a" * 64) is None


async def test_people_who_join_at_once_are_no_more_than_a_class_may_have(store, monkeypatch) -> None:
    monkeypatch.setattr(apply, "MOST_LEARNERS", 3)
    users = await people(store, [f"p{number}" for number in range(8)])
    class_id = await make_class(store, [])
    joining = (store.classes.add_learner(class_id, each.id) for each in users)
    outcomes = await asyncio.gather(*joining, return_exceptions=True)
    assert [type(each) for each in outcomes if each is not None] == [TooMany] * 5
    assert len(await store.classes.members(class_id)) == 3


async def test_staff_may_read_what_learners_send_to_the_problems_of_their_class_alone(store) -> None:
    ann, bob, _ = await people(store, ["ann", "bob", "cy"])
    await make_class(store, [WEEK], ["ann"], ["bob"])
    await make_class(store, [replace(WEEK, problems=("other",))], ["cy"], ["ann"], slug="second")
    [taught] = (await store.classes.memberships(ann.id)).taught
    assert (taught.owners, taught.problems) == ({bob.owner}, {"twice", "thrice"})
    assert (await store.classes.memberships(bob.id)).taught == ()
    assert (await store.classes.memberships(bob.id)).any
    assert not (await store.classes.memberships("nobody")).any


async def test_a_problem_has_the_assignments_of_its_learner_and_of_all_for_nobody(store) -> None:
    _, bob = await people(store, ["ann", "bob"])
    await make_class(store, [DUE], ["ann"], ["bob"])
    await make_class(store, [replace(WEEK, problems=("twice",))], ["bob"], ["ann"], slug="second")
    await make_class(store, [WEEK], [], ["bob"], slug="third", archived=True)
    found = await store.classes.assigned("twice", bob.id)
    assert [(each.classroom.slug, each.assignment.problems) for each in found] == [("ml", ("twice", "thrice"))]
    assert {each.classroom.slug for each in await store.classes.assigned("twice", None)} == {"ml", "second"}
    assert await store.classes.assigned("other", None) == []


async def cells_of(store, class_id, **more):
    return await store.classes.gradebook.cells(class_id, await store.classes.assignments(class_id), **more)


async def test_judge_errors_samples_cancelled_and_waiting_ones_never_count(store) -> None:
    [bob] = await people(store, ["bob"])
    class_id = await make_class(store, [WEEK], [], ["bob"])
    await write(
        store,
        [
            Sent(owner=bob.owner, verdict=Verdict.JUDGE_ERROR, score=None),
            Sent(owner=bob.owner, samples_only=True),
            Sent(owner=bob.owner, cancelled=True),
            Sent(owner=bob.owner, verdict=None),
            Sent(owner="user:other"),
            Sent(owner=bob.owner, problem="other"),
        ],
    )
    assert await cells_of(store, class_id) == []
    await write(store, [Sent(owner=bob.owner, verdict=Verdict.WRONG_ANSWER, score=0.5)])
    [cell] = await cells_of(store, class_id)
    assert (cell.attempts, cell.score, cell.solved, cell.late) == (1, 0.5, False, False)


async def test_the_best_attempt_after_the_late_rule_counts_and_none_beyond_the_most(store) -> None:
    [bob] = await people(store, ["bob"])
    class_id = await make_class(store, [DUE], [], ["bob"])
    sent = [
        Sent(owner=bob.owner, created=NOW - 8 * DAY),  # before it opens
        Sent(owner=bob.owner, created=NOW, verdict=Verdict.WRONG_ANSWER, score=0.7),
        Sent(owner=bob.owner, created=NOW + timedelta(hours=1)),  # accepted, a day late: 0.75
        Sent(owner=bob.owner, created=NOW + 1.5 * DAY),  # two days late: 0.5
        Sent(owner=bob.owner, created=NOW + timedelta(hours=2)),  # the fourth
        Sent(owner=bob.owner, created=NOW + 3 * DAY),  # after the end
    ]
    await write(store, sent)
    [cell] = await cells_of(store, class_id)
    assert (cell.submission_id, cell.score, cell.late, cell.solved) == (sent[2].id, 0.75, True, True)
    assert (cell.attempts, cell.sent) == (3, sent[2].created)


def brute_force(assignment: Assignment, problem: str, owner: str, sent: list[Sent]):
    """The cell of one learner, computed one submission after another."""
    best, number, solved = None, 0, False
    for each in sorted(sent, key=lambda each: each.id):
        if (each.owner, each.problem) != (owner, problem) or each.cancelled or each.samples_only:
            continue
        if each.verdict in (None, Verdict.JUDGE_ERROR):
            continue
        if assignment.opens and each.created < assignment.opens:
            continue
        share = 1.0
        if assignment.due and each.created > assignment.due:
            if assignment.late is None or (assignment.late.until and each.created > assignment.late.until):
                continue
            hours = 24 if assignment.late.per is Period.DAY else 1
            periods = -(-(each.created - assignment.due) // timedelta(hours=hours))
            share = max(0.0, 1 - periods * assignment.late.penalty)
        number += 1
        if assignment.attempts is not None and number > assignment.attempts:
            number -= 1
            break
        solved |= each.verdict is Verdict.ACCEPTED
        rank = (round((each.score or 0) * share, 9), each.verdict is Verdict.ACCEPTED)
        if best is None or rank > best[0]:
            best = rank, each.id
    return best and (best[1], best[0][0], number, solved)


async def test_the_gradebook_is_what_one_computes_by_hand(store) -> None:
    rng = random.Random(7)
    learners = await people(store, ["bob", "cy", "dee"])
    given = [
        DUE,
        replace(WEEK, slug="w2", due=NOW - DAY, late=Late(penalty=0.01, per=Period.HOUR), problems=("twice",)),
        replace(WEEK, slug="w3", due=NOW, problems=("thrice",)),
        replace(WEEK, slug="w4", due=NOW, late=Late(), attempts=1, opens=NOW - DAY),
    ]
    class_id = await make_class(store, given, [], [each.name for each in learners])
    verdicts = [None, Verdict.JUDGE_ERROR, *2 * [Verdict.ACCEPTED], *4 * [Verdict.WRONG_ANSWER]]
    sent = []
    for _ in range(240):
        verdict = rng.choice(verdicts)
        score = 1.0 if verdict is Verdict.ACCEPTED else round(rng.choice([0.0, rng.random()]), 2)
        hours = rng.choice([rng.randint(-200, 100), 0, 24, 48])
        sent.append(
            Sent(
                owner=rng.choice(learners).owner,
                problem=rng.choice(["twice", "thrice"]),
                created=NOW + timedelta(hours=hours, microseconds=rng.choice([0, 0, 1, -1])),
                verdict=verdict,
                score=score,
                samples_only=rng.random() < 0.1,
                cancelled=rng.random() < 0.1,
            )
        )
    await write(store, sent)
    found = {
        (each.assignment_id, each.user_id, each.problem): (
            each.submission_id,
            round(each.score, 9),
            each.attempts,
            each.solved,
        )
        for each in await cells_of(store, class_id)
    }
    expected = {
        (assignment.id, learner.id, problem): cell
        for assignment in await store.classes.assignments(class_id)
        for learner in learners
        for problem in assignment.problems
        if (cell := brute_force(assignment, problem, learner.owner, sent))
    }
    assert found == expected
    assert len(expected) >= 15
    one = await cells_of(store, class_id, user_id=learners[0].id, problem="twice")
    assert {each.user_id for each in one} == {learners[0].id}
    assert {each.problem for each in one} == {"twice"}


async def test_mistakes_count_learners_first_attempts_and_who_got_past_them(store) -> None:
    bob, cy = await people(store, ["bob", "cy"])
    class_id = await make_class(store, [WEEK], [], ["bob", "cy"])
    wrong = {"verdict": Verdict.WRONG_ANSWER, "score": 0.0}
    sent = [
        Sent(owner=bob.owner, cause="bias-trains", **wrong),
        Sent(owner=bob.owner, cause="bias-trains", **wrong),
        Sent(owner=bob.owner),
        Sent(owner=cy.owner),
        Sent(owner=cy.owner, cause="bias-trains", **wrong),
        Sent(owner=cy.owner, cause="close", checks=("close", "shape"), **wrong),
        Sent(owner=cy.owner, cause="close", samples_only=True, **wrong),
    ]
    await write(store, sent)
    counts = await store.classes.mistakes.counts(class_id, await store.classes.assignments(class_id))
    assert [(each.cause, each.attempts, each.people, each.first, each.past) for each in counts] == [
        ("bias-trains", 3, 2, 1, 1),
        ("close", 1, 1, 0, 0),
    ]
    await make_class(store, [WEEK, replace(WEEK, slug="week-2")], [], ["bob", "cy"])
    again = await store.classes.mistakes.counts(class_id, await store.classes.assignments(class_id))
    assert again == counts  # a problem in two assignments is counted once
    known = {"twice": ["bias-trains"]}
    [checks] = await store.classes.mistakes.failed_checks(class_id, await store.classes.assignments(class_id), known)
    assert (checks.problem, checks.checks, checks.attempts, checks.people) == ("twice", ("close", "shape"), 1, 1)


async def test_a_verdict_keeps_its_cause_so_that_it_is_counted(store) -> None:
    [bob] = await people(store, ["bob"])
    class_id = await make_class(store, [WEEK], [], ["bob"])
    new = NewSubmission(problem="twice", source="pass", submitter=bob.submitter, owner=bob.owner, package="sha256:one")
    taken = await store.submissions.submit(new)
    await store.judgings.claim(taken.judging_id, "w1")
    sent = Sent(owner=bob.owner, verdict=Verdict.WRONG_ANSWER, score=0.0, cause="x" * 300)
    await store.judgings.finish(taken.judging_id, report_of(sent))
    [count] = await store.classes.mistakes.counts(class_id, await store.classes.assignments(class_id))
    assert (count.cause, count.people, count.first) == ("x" * 100, 1, 1)
