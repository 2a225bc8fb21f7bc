"""Cases that fail in the same way are gathered, and what they have in common is never guessed."""

from dataclasses import replace

import pytest

from judge.report import Report
from judge.verdict import CaseResult, Cause, CauseKind, Check, Verdict
from judge.web.pages.case_groups import MOST_CHECKS, MOST_GROUPS, cases_of, checks_of

OFF = Check(id="loss", passed=False, message="off by 0.3", mistake="summed")
UNNAMED = Check(id="loss", passed=False)
FINE = Check(id="shape", passed=True)


def case(name: str, *checks: Check, verdict: Verdict = Verdict.WRONG_ANSWER, message: str = "") -> CaseResult:
    return CaseResult(name=name, group=name.split("-")[0], verdict=verdict, checks=checks, message=message)


def report(*cases: CaseResult, cause: Cause | None = None) -> Report:
    return Report(problem="p", verdict=Verdict.WRONG_ANSWER, cases=cases, cases_total=len(cases), cause=cause)


def cause(name: str, **more) -> Cause:
    return Cause(id="summed", kind=CauseKind.MISTAKE, message="it is the sum", case=name, **more)


def titles(*cases: CaseResult) -> list[tuple[str, str]]:
    return [(group.title, group.names) for group in cases_of(report(*cases)).failed]


def test_all_cases_that_fail_alike_are_one_line() -> None:
    cases = [case(f"sample-{n}", OFF, FINE) for n in (1, 2, 3)] + [case(f"hidden-{n}", UNNAMED) for n in range(1, 10)]
    assert titles(*cases) == [("All 12 cases fail in the same way", "")]


def test_some_cases_are_named_and_the_others_counted() -> None:
    cases = [
        case("sample-1", OFF), case("sample-2", FINE, verdict=Verdict.ACCEPTED),
        *(case(f"hidden-{n}", UNNAMED) for n in (1, 2, 3, 5)), case("hidden-4", verdict=Verdict.ACCEPTED),
    ]  # fmt: skip
    assert titles(*cases) == [("5 cases fail in the same way", "sample-1, hidden-1 to 3, hidden-5")]
    passed = cases_of(report(*cases)).passed
    assert passed is not None
    assert (passed.title, passed.names) == ("2 cases passed", "sample-2, hidden-4")


@pytest.mark.parametrize(
    "other",
    [
        case("sample-2", replace(OFF, id="norm")),
        case("sample-2", OFF, replace(OFF, id="norm")),
        case("sample-2", replace(OFF, mistake="halved")),
        case("hidden-1", replace(UNNAMED, mistake="halved")),
        case("sample-2", verdict=Verdict.RUNTIME_ERROR, message="ValueError: x"),
    ],
)
def test_cases_that_fail_in_other_ways_are_kept_apart(other: CaseResult) -> None:
    assert titles(case("sample-1", OFF), other) == [("sample-1 fails", ""), (f"{other.name} fails", "")]


def test_exceptions_are_alike_by_their_name_and_limits_by_their_message_without_numbers() -> None:
    raised = Verdict.RUNTIME_ERROR
    assert len(titles(case("sample-1", verdict=raised, message="ValueError: 3 (line 4)"),
                      case("hidden-1", verdict=raised, message="ValueError"))) == 1  # fmt: skip
    assert len(titles(case("sample-1", verdict=raised, message="ValueError: 3"),
                      case("hidden-1", verdict=raised, message="TypeError"))) == 2  # fmt: skip
    late = Verdict.TIME_LIMIT_EXCEEDED
    assert len(titles(case("sample-1", verdict=late, message="after 20.1 s"),
                      case("sample-2", verdict=late, message="after 3 s"))) == 1  # fmt: skip


def test_the_case_of_the_cause_is_the_first_and_shown_for_its_group() -> None:
    cases = [case("sample-1", replace(OFF, id="norm")), case("sample-2", OFF), case("sample-3", OFF)]
    groups = cases_of(report(*cases, cause=cause("sample-3"))).failed
    assert [group.shown.name for group in groups] == ["sample-3", "sample-1"]
    assert [each.name for each in groups[0].cases] == ["sample-3", "sample-2"]


def test_of_many_ways_to_fail_the_first_are_shown_and_every_other_case_is_kept() -> None:
    cases = [case(f"hidden-{n}", replace(UNNAMED, id=f"check-{n}")) for n in range(40)]
    found = cases_of(report(*cases))
    assert len(found.failed) == MOST_GROUPS
    assert len(found.more) == 40 - MOST_GROUPS


def test_checks_come_with_the_root_first_then_others_and_what_follows_apart() -> None:
    checks = [Check(id=name, passed=False) for name in ("counts", "trained", "other")] + [OFF, FINE]
    found = checks_of(case("sample-1", *checks), cause("sample-1", explains=("trained", "counts")))
    assert [check.id for check in found.first] == ["loss", "other"]
    assert [check.id for check in found.follow] == ["counts", "trained"]
    assert found.passed == (FINE,)
    assert [check.id for check in checks_of(case("sample-1", *checks), None).first] == [
        "counts", "trained", "other", "loss"
    ]  # fmt: skip


def test_so_many_checks_are_shown_and_the_rest_counted() -> None:
    checks = [Check(id=f"c{n}", passed=False) for n in range(MOST_CHECKS + 3)]
    found = checks_of(case("sample-1", *checks), None)
    assert (len(found.first), found.left_out) == (MOST_CHECKS, 3)
