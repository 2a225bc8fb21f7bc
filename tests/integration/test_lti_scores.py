"""Scores reach the platform's gradebook once each, whatever fails on the way; on SQLite and PostgreSQL."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from judge.assignment import Assignment
from judge.lti.grades import SCORE_MAXIMUM, score_of, score_url
from judge.provenance import Provenance
from judge.report import Report
from judge.store.lti import scores
from judge.store.lti.scores import GIVE_UP, LEASE, Followed
from judge.store.lti.tables import scores as lti_scores
from judge.store.records import NewSubmission
from judge.store.schema import judgings, submissions
from judge.verdict import Verdict
from judge.worker.lti import grade_sender
from judge.worker.lti.grade_sender import LONGEST_BACKOFF, GradeSender, backoff
from judge.worker.lti.shares import AssignmentShares
from tests.helpers.class_rows import make_class
from tests.helpers.fake_platform import FakePlatform
from tests.helpers.people import account
from tests.helpers.waiting import until

ASSIGNMENT = "01920000-0000-7000-8000-0000000000a1"


class Clock:
    """A clock that the test sets forward."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **more) -> None:
        self.now += timedelta(**more)


class Grades:
    """Shares of an assignment by learner, in place of a gradebook."""

    def __init__(self) -> None:
        self.shares: dict[str, float | None] = {}
        self.asked = 0

    async def of(self, due) -> float | None:
        self.asked += 1
        return self.shares.get(due.user_id)


class School:
    """A store with one learner who came from a platform, and the senders of one or more machines."""

    def __init__(self, store, platform: FakePlatform) -> None:
        self.store, self.platform, self.clock, self.grades = store, platform, Clock(), Grades()

    async def begin(self, name: str = "ann", subject: str = "s-1") -> None:
        registered = await self.store.lti.platforms.all()
        self.registration = (
            registered[0] if registered else await self.store.lti.platforms.add(**self.platform.registration)
        )
        self.learner = await account(self.store, name)
        await self.follow(subject)

    async def follow(self, subject: str = "s-1", line_item: str = "") -> None:
        place = Followed(
            platform_id=self.registration.id,
            user_id=self.learner.id,
            subject=subject,
            assignment_id=ASSIGNMENT,
            line_item=line_item or self.platform.line_item,
        )
        await self.store.lti.scores.follow(place, self.clock())

    @contextlib.asynccontextmanager
    async def sender(self, *, allow_private: bool = False):
        sender = GradeSender(self.store, self.grades.of, allow_private=allow_private, clock=self.clock)
        try:
            yield sender
        finally:
            await sender.close()

    async def changed(self) -> None:
        """What a verdict does: the scores are looked at again."""
        await self.store.lti.scores.look_at_all(self.clock())


@pytest.fixture
async def school(store):
    async with FakePlatform().running() as platform:
        school = School(store, platform)
        await school.begin()
        yield school


async def round_of(sender: GradeSender) -> None:
    await sender.start_due()
    await sender.finish()


async def test_a_score_is_sent_as_ags_asks_and_not_again_until_it_changes(school) -> None:
    async with school.sender() as sender:
        await round_of(sender)
        assert school.platform.accepted == []  # nothing counts yet
        school.grades.shares[school.learner.id] = 2 / 3
        await school.changed()
        await round_of(sender)
        [sent] = school.platform.accepted
        assert (sent["userId"], sent["scoreGiven"], sent["scoreMaximum"]) == ("s-1", 66.6667, 100)
        assert (sent["activityProgress"], sent["gradingProgress"]) == ("Submitted", "FullyGraded")
        assert datetime.fromisoformat(sent["timestamp"]).utcoffset() == timedelta(0)
        for _ in range(3):
            await school.changed()
            await school.follow()  # the learner launches again
            await round_of(sender)
        assert school.platform.given == [66.6667]
        school.grades.shares[school.learner.id] = 1.0
        await school.changed()
        await round_of(sender)
        school.grades.shares[school.learner.id] = 0.5  # an applied rejudge
        await school.changed()
        await round_of(sender)
        assert school.platform.given == [66.6667, 100.0, 50.0]
        assert school.platform.seen.count("/token") == 1  # it is kept


async def test_a_judge_that_has_nothing_to_count_any_more_sends_nothing(school) -> None:
    async with school.sender() as sender:
        school.grades.shares[school.learner.id] = 0.5
        await round_of(sender)
        school.grades.shares[school.learner.id] = None
        await school.changed()
        await round_of(sender)
    assert school.platform.given == [50.0]


@pytest.mark.long
async def test_a_platform_that_is_down_for_days_gets_the_last_score_once_when_it_is_back(school) -> None:
    school.platform.status = 500
    school.grades.shares[school.learner.id] = 0.25
    for day in range(6):
        async with school.sender() as sender:  # the judge restarts every day
            school.platform.seen.clear()
            for _ in range(4):
                await round_of(sender)
                school.clock.forward(hours=6)
            assert len([each for each in school.platform.seen if "scores" in each]) == 4
        if day == 2:
            school.grades.shares[school.learner.id] = 0.75
    [(_, waiting)] = (await school.store.lti.scores.waiting()).items()
    assert (waiting.number, "500" in waiting.last_error) == (1, True)
    school.platform.status = 200
    async with school.sender() as sender:
        for _ in range(3):
            await round_of(sender)
            school.clock.forward(hours=2)
    assert school.platform.given == [75.0]
    assert await school.store.lti.scores.waiting() == {}


async def test_after_a_week_a_score_is_given_up_until_it_may_have_changed(school) -> None:
    school.platform.status = 404
    school.grades.shares[school.learner.id] = 0.25
    async with school.sender() as sender:
        await round_of(sender)
        school.clock.forward(seconds=GIVE_UP.total_seconds() + 1)
        await round_of(sender)
        asked = len(school.platform.seen)
        school.clock.forward(days=30)
        await round_of(sender)
    async with school.sender() as sender:  # neither time nor a restart brings it back
        await round_of(sender)
        assert len(school.platform.seen) == asked
        school.platform.status = 200
        await school.follow()  # a launch does, and so does a verdict
        await round_of(sender)
    assert school.platform.given == [25.0]


def test_backoff_grows_to_hours_and_never_beyond() -> None:
    waits = [backoff(attempts) for attempts in range(1, 40)]
    assert waits[0] < timedelta(seconds=20)
    assert max(waits) <= LONGEST_BACKOFF * 1.2
    assert backoff(10**6) >= LONGEST_BACKOFF


class Class:
    """A class of the learner with a linked assignment of two problems, and what the learner sends."""

    def __init__(self, school: School) -> None:
        self.school, self.store = school, school.store
        self.shares = AssignmentShares(school.store)

    async def begin(self) -> None:
        week = Assignment(slug="week-1", title="Week 1", problems=("twice", "thrice"))
        self.id = await make_class(self.store, [week], learners=[self.school.learner.name])
        [linked] = await self.store.classes.assignments(self.id)
        place = {"platform_id": self.school.registration.id, "user_id": self.school.learner.id, "subject": "s-1"}
        line_item = self.school.platform.line_item
        followed = Followed(**place, assignment_id=linked.id, line_item=line_item)
        await self.store.lti.scores.follow(followed, self.school.clock())

    async def send(self, source: str, verdict: Verdict, score: float | None, problem: str = "twice", **more) -> str:
        """A submission of the learner with its verdict."""
        owner = self.school.learner.owner
        new = NewSubmission(problem=problem, source=source, submitter="user:ann", owner=owner, package="p", **more)
        taken = await self.store.submissions.submit(new)
        if not taken.shared:
            await self.judge(taken.judging_id, verdict, score, problem)
        return taken.submission_id

    async def judge(self, judging_id: str, verdict: Verdict, score: float | None, problem: str = "twice") -> None:
        await self.store.judgings.claim(judging_id, "w")
        report = Report(problem=problem, verdict=verdict, score=score, provenance=Provenance(package="p"))
        await self.store.judgings.finish(judging_id, report.to_json())

    async def judge_again(self, verdict: Verdict, score: float | None) -> None:
        """A rejudge of all, applied."""
        rejudge = await self.store.rejudges.begin("twice", "p", [])
        async with self.store.transactions.reading() as connection:
            chosen = sa.select(judgings.c.id).where(judgings.c.rejudge_id == rejudge.id)
            found = (await connection.execute(chosen)).scalars().all()
        for each in found:
            await self.judge(each, verdict, score)
        await self.store.rejudges.apply(rejudge.id)

    @contextlib.asynccontextmanager
    async def sender(self):
        sender = GradeSender(self.store, self.shares.of, allow_private=False)
        try:
            await round_of(sender)  # the look at all, which each start makes, is done: only changes count from here on
            yield sender
        finally:
            await sender.close()


@pytest.fixture
async def of_class(school):
    found = Class(school)
    await found.begin()
    return found


async def test_better_results_are_sent_and_worse_ones_the_judges_errors_and_samples_are_not(of_class) -> None:
    async with of_class.sender() as sender:
        await of_class.send("a", Verdict.JUDGE_ERROR, None)
        await of_class.send("b", Verdict.ACCEPTED, 1.0, samples_only=True)
        await round_of(sender)
        assert of_class.school.platform.given == []
        await of_class.send("c", Verdict.WRONG_ANSWER, 0.5)
        await round_of(sender)
        assert of_class.school.platform.given == [25.0]
        await of_class.send("d", Verdict.WRONG_ANSWER, 0.25)
        await of_class.send("e", Verdict.JUDGE_ERROR, None)
        await round_of(sender)
        await of_class.send("f", Verdict.ACCEPTED, 1.0, "thrice")
        await round_of(sender)
        assert of_class.school.platform.given == [25.0, 75.0]


async def test_an_applied_rejudge_sends_the_changed_score_once_and_a_judge_error_changes_nothing(of_class) -> None:
    async with of_class.sender() as sender:
        await of_class.send("a", Verdict.ACCEPTED, 1.0)
        await round_of(sender)
        await of_class.judge_again(Verdict.JUDGE_ERROR, None)
        await round_of(sender)
        assert of_class.school.platform.given == [50.0]
        await of_class.judge_again(Verdict.WRONG_ANSWER, 0.5)
        for _ in range(3):
            await round_of(sender)
    assert of_class.school.platform.given == [50.0, 25.0]


async def test_a_rejudge_is_seen_when_it_is_applied_long_after_it_was_judged(of_class, monkeypatch) -> None:
    async with of_class.sender() as sender:
        await of_class.send("a", Verdict.ACCEPTED, 1.0)
        await round_of(sender)
        await of_class.judge_again(Verdict.WRONG_ANSWER, 0.0)
        async with of_class.store.transactions.writing() as tx:
            long_ago = datetime.now(UTC) - timedelta(days=1)
            await tx.connection.execute(sa.update(judgings).values(finished=long_ago))
        monkeypatch.setattr(scores, "first_id", lambda _: "f")
        await round_of(sender)
    assert of_class.school.platform.given == [50.0, 0.0]


async def test_a_program_that_was_judged_for_another_before_is_sent_too(of_class) -> None:
    async with of_class.sender() as sender:
        earlier = await of_class.send("same", Verdict.ACCEPTED, 1.0)
        async with of_class.store.transactions.writing() as tx:
            await tx.connection.execute(sa.update(submissions).values(owner="token:another"))
            long_ago = datetime.now(UTC) - timedelta(days=1)
            await tx.connection.execute(sa.update(judgings).values(finished=long_ago))
        await round_of(sender)
        assert of_class.school.platform.given == []
        assert await of_class.send("same", Verdict.ACCEPTED, 1.0) != earlier
        await round_of(sender)
    assert of_class.school.platform.given == [50.0]


async def test_a_verdict_from_while_the_judge_was_down_is_sent_after_its_start(of_class) -> None:
    await of_class.send("a", Verdict.ACCEPTED, 1.0)
    async with of_class.store.transactions.writing() as tx:
        await tx.connection.execute(sa.update(judgings).values(finished=datetime.now(UTC) - timedelta(days=1)))
        await tx.connection.execute(sa.update(lti_scores).values(next_at=None))
    async with of_class.sender():
        pass
    assert of_class.school.platform.given == [50.0]


async def test_an_assignment_that_is_gone_or_archived_sends_nothing(of_class) -> None:
    await of_class.send("a", Verdict.ACCEPTED, 1.0)
    await make_class(of_class.store, [Assignment(slug="week-1", title="W", problems=("twice",))], archived=True)
    async with of_class.sender():
        pass
    await make_class(of_class.store, [])
    async with of_class.sender():
        pass
    assert of_class.school.platform.given == []


async def test_two_machines_take_different_rows_and_send_each_score_once(school) -> None:
    for number in range(2, 21):
        await school.begin(f"learner-{number}", f"s-{number}")
    school.grades.shares = {user.id: 0.5 for user in await school.store.accounts.users.all()}
    async with school.sender() as one, school.sender() as two:
        for _ in range(6):
            await asyncio.gather(one.start_due(), two.start_due())
            await asyncio.gather(one.finish(), two.finish())
    assert sorted(each["userId"] for each in school.platform.accepted) == sorted(f"s-{n}" for n in range(1, 21))


async def test_a_row_whose_sender_was_lost_is_taken_by_another_after_its_lease(school) -> None:
    school.grades.shares[school.learner.id] = 0.5
    assert await school.store.lti.scores.take_due(school.clock()) is not None  # and the machine stops
    async with school.sender() as sender:
        await round_of(sender)
        assert school.platform.given == []
        school.clock.forward(seconds=LEASE.total_seconds() + 1)
        await round_of(sender)
    assert school.platform.given == [50.0]


async def test_a_verdict_that_comes_while_a_score_is_on_its_way_is_not_missed(school) -> None:
    scores = school.store.lti.scores
    due = await scores.take_due(school.clock())
    await school.follow()  # something changes
    await scores.settle(due, school.clock(), sent=50.0)
    again = await scores.take_due(school.clock())
    assert again is not None
    await scores.settle(again, school.clock())
    assert await scores.take_due(school.clock()) is None
    school.grades.shares[school.learner.id] = 1.0
    async with school.sender() as sender:
        await round_of(sender)
    assert school.platform.given == [100.0]


async def test_a_token_is_replaced_before_it_expires(school) -> None:
    school.platform.token_seconds = 90
    async with school.sender() as sender:
        for share in (0.1, 0.2):
            school.grades.shares[school.learner.id] = share
            await school.changed()
            await round_of(sender)
            school.clock.forward(seconds=31)
        assert school.platform.seen.count("/token") == 2
    assert school.platform.given == [10.0, 20.0]


async def test_a_token_that_the_platform_refuses_is_replaced(school) -> None:
    school.grades.shares[school.learner.id] = 0.3
    school.platform.status = 401
    async with school.sender() as sender:
        await round_of(sender)
        school.platform.status = 200
        school.clock.forward(minutes=1)
        await round_of(sender)
    assert school.platform.given == [30.0]
    assert school.platform.seen.count("/token") == 2


async def test_a_line_item_in_a_private_network_that_nobody_registered_is_not_called(school) -> None:
    async with FakePlatform("second").running() as second:
        inside = f"http://localhost:{second.port}/items/1?of=course-1"  # a host that the operator did not register
        await school.follow(line_item=inside)
        school.grades.shares[school.learner.id] = 0.5
        async with school.sender() as sender:
            await round_of(sender)
        assert second.seen == []
        assert school.platform.given == [50.0]
        [(_, waiting)] = (await school.store.lti.scores.waiting()).items()
        assert "not public" in waiting.last_error


async def test_a_silent_platform_does_not_hold_up_another(school) -> None:
    async def be_silent(_reader, writer) -> None:
        opened.append(writer)

    opened = []
    silent = await asyncio.start_server(be_silent, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/token"
    registration = {**school.platform.registration, "client_id": "another", "token_url": url}
    registered = await school.store.lti.platforms.add(**registration)
    for number in range(grade_sender.AT_ONCE + 4):
        place = {
            "platform_id": registered.id,
            "user_id": school.learner.id,
            "subject": "s",
            "assignment_id": ASSIGNMENT,
        }
        followed = Followed(**place, line_item=f"{school.platform.url}/items/{number}")
        await school.store.lti.scores.follow(followed, school.clock() - timedelta(minutes=1))
    school.grades.shares[school.learner.id] = 0.5
    async with silent, school.sender() as sender:
        await sender.start_due()
        await until(lambda: school.platform.given == [50.0])
        await until(lambda: len(sender._calls) == grade_sender.AT_ONCE_A_PLATFORM)  # of the silent one, which go on
        for writer in opened:
            writer.close()


async def test_a_removed_platform_gets_nothing_more(school) -> None:
    school.grades.shares[school.learner.id] = 0.5
    await school.store.lti.platforms.remove(school.registration.id)
    async with school.sender() as sender:
        await round_of(sender)
    assert (school.grades.asked, school.platform.seen) == (0, [])


@pytest.mark.parametrize(
    ("line_item", "expected"),
    [
        ("https://p/items/1", "https://p/items/1/scores"),
        ("https://p/items/1/lineitem?type_id=2", "https://p/items/1/lineitem/scores?type_id=2"),
    ],
)
def test_the_address_of_scores_keeps_the_line_items_query(line_item, expected) -> None:
    assert score_url(line_item) == expected


def test_a_share_becomes_a_score_between_nothing_and_the_maximum() -> None:
    assert [score_of(share) for share in (0.0, 1 / 3, 1.0, 1.0000001, -0.1)] == [
        0.0,
        33.3333,
        SCORE_MAXIMUM,
        100.0,
        0.0,
    ]
