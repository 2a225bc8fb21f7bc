"""The result of a submission as HTML, from reports that a hostile program could have shaped."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judge.report import Report
from judge.store.records import Status, SubmissionRecord
from judge.verdict import CaseResult, Cause, CauseKind, Check, Leaf, Mistake, Verdict
from judge.web.estimate import Waiting
from judge.web.pages.page_response import Renderer
from judge.web.pages.static_files import Assets
from judge.web.pages.view import ResultView, case_names, provenance_rows, result_view, word

EVIL = "<script>alert(1)</script>\u202e\x1b[31m\"'>"
PARTS = "parts/result.html"
MOST_CHARACTERS = 120_000  # of one check's values as HTML
MATRICES = st.integers(1, 6).flatmap(
    lambda columns: st.lists(st.lists(st.floats() | st.just(EVIL), min_size=columns, max_size=columns), max_size=9)
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([EVIL, "nan", "-inf", "1j"]) | MATRICES,
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(st.sampled_from([EVIL, "shape", "l1", "l10.b"]), inner),
    max_leaves=20,
)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(Assets())


def stored(status: Status, report: Report | None = None, *, samples_only: bool = False) -> SubmissionRecord:
    return SubmissionRecord(
        id="id", problem="p", submitter="browser:x", status=status, judging_id="j", attempts=1, priority=1, tag=1,
        seed=0, samples_only=samples_only, created=NOW, started=None, finished=None,
        verdict=str(report.verdict) if report else None, score=None, time_ms=None, memory_mb=None, lane=None,
        worker=None, reason="", source="x", report=report.to_json() if report else None,
    )  # fmt: skip


def hostile(verdict: Verdict) -> Report:
    check = Check(id=EVIL, passed=False, message=EVIL, expected=1.5, actual={EVIL: [EVIL]}, error=0.1, mistake="m")
    leaf = Leaf(path=EVIL, shape=(2,), norm_before=0.0, norm_after=1.0, change=1.0, expected_change=0.0)
    cause = Cause(
        id=EVIL, kind=CauseKind.MISTAKE, message=EVIL, proof=EVIL, hint=EVIL, link="https://e.org/" + EVIL, line=3
    )
    case = CaseResult(
        name="sample-1", group="sample", verdict=verdict, message=EVIL, time_ms=1.0, checks=(check,),
        inputs={EVIL: [[EVIL]]}, leaves=(leaf,),
    )  # fmt: skip
    return Report(
        problem="p", verdict=verdict, message=EVIL, cause=cause, cases=(case,), cases_total=1, traceback=EVIL, line=3,
        mistakes=(Mistake(id=EVIL, message=EVIL + "2", hint=EVIL),), stdout=EVIL, stderr=EVIL,
    )  # fmt: skip


def draw(renderer: Renderer, record: SubmissionRecord, position: int | None = None) -> str:
    waiting = Waiting(position=position)
    view = result_view(record)
    return renderer.part(PARTS, "result", view, waiting, case_names((), view.report_object))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_text_of_every_verdict_is_escaped(renderer: Renderer, verdict: Verdict) -> None:
    html = draw(renderer, stored(Status.DONE, hostile(verdict)))
    assert "<script" not in html
    assert "\x1b" not in html
    assert "alert(1)&lt;/script&gt;" in html
    assert f'data-verdict="{verdict}"' in html


def test_the_message_for_the_editor_cannot_leave_its_attribute(renderer: Renderer) -> None:
    html = draw(renderer, stored(Status.DONE, hostile(Verdict.RUNTIME_ERROR)))
    attribute = html.partition('data-message="')[2].partition('"')[0]
    assert attribute.startswith("&lt;script&gt;")
    assert 'data-line="3"' in html


def test_the_cause_stands_alone_and_what_follows_from_it_is_folded(renderer: Renderer) -> None:
    cause = Cause(
        id="bias-leaks", kind=CauseKind.MISTAKE, message="the bias moved", proof="by 0.05", hint="mask it",
        explains=("norm-changed",),
    )  # fmt: skip
    report = Report(
        problem="p", verdict=Verdict.WRONG_ANSWER, message="sample-1: the bias moved", cases_total=1, cause=cause,
        mistakes=(
            Mistake(id="bias-leaks", message="the bias moved", hint="mask it"),
            Mistake(id="norm-changed", message="the norm changed", hint="look"),
        ),
    )  # fmt: skip
    _, _, html = draw(renderer, stored(Status.DONE, report)).partition(">")  # its attributes have the words once more
    assert html.count("the bias moved") == 1
    shown, _, folded = html.partition("<details")
    for words in ("by 0.05", "mask it", "bias-leaks"):
        assert words in shown
    assert "the norm changed" not in shown
    assert "the norm changed" in folded


def test_a_judge_error_is_not_blamed_on_the_submitter(renderer: Renderer) -> None:
    report = Report(problem="p", verdict=Verdict.JUDGE_ERROR, message="a box broke")
    html = draw(renderer, stored(Status.DONE, report))
    assert "the judge's fault, not yours" in html.replace("&#39;", "'")


@pytest.mark.parametrize(
    ("position", "words"), [(1, "next in the queue"), (2, "second in the queue"), (None, "waiting for a free slot")]
)
def test_a_waiting_submission_shows_its_place(renderer: Renderer, position: int | None, words: str) -> None:
    assert words in draw(renderer, stored(Status.QUEUED), position)


@pytest.mark.parametrize(
    ("seconds", "words"), [(12.2, "not your program; next attempt in 12 s"), (-3.0, "next in the queue")]
)
def test_what_waits_after_a_fault_of_the_judge_says_until_when(renderer: Renderer, seconds: float, words: str) -> None:
    record = replace(stored(Status.QUEUED), retry_at=datetime.now(UTC) + timedelta(seconds=seconds))
    assert words in draw(renderer, record, 1)


def test_running_and_cancelled_have_their_words(renderer: Renderer) -> None:
    assert "Running" in draw(renderer, stored(Status.RUNNING))
    assert "it has no verdict, and counts as no attempt" in draw(renderer, stored(Status.CANCELLED))


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.ACCEPTED, "submit to run all cases"),
        (Verdict.WRONG_ANSWER, "not counted as an attempt"),
    ],
)
def test_a_run_of_the_samples_does_not_pass_for_an_attempt(renderer: Renderer, verdict: Verdict, words: str) -> None:
    record = replace(stored(Status.DONE, Report(problem="p", verdict=verdict), samples_only=True), verdict=verdict)
    assert words in draw(renderer, record)
    assert words not in draw(renderer, replace(record, samples_only=False))


def test_the_case_that_failed_is_open_and_pictured_and_what_passed_is_folded(renderer: Renderer) -> None:
    good = replace(hostile(Verdict.ACCEPTED).cases[0], name="sample-1", checks=())
    bad = replace(hostile(Verdict.WRONG_ANSWER).cases[0], name="hidden-2", group="hidden", inputs=None)
    report = Report(problem="p", verdict=Verdict.WRONG_ANSWER, cases=(good, bad), cases_total=2)
    html = draw(renderer, stored(Status.DONE, report))
    assert '<details class="case group v-wrong_answer" id="case-hidden-2" open>' in html
    assert '<details class="case v-accepted"><summary>' in html
    assert '<span class="muted">· hidden-2</span>' in html
    assert "its inputs and values are not shown" in html


def test_cases_that_fail_alike_are_one_line_and_their_values_are_drawn_once_for_each_sample(renderer: Renderer) -> None:
    case = hostile(Verdict.WRONG_ANSWER).cases[0]
    hidden = replace(case.checks[0], message="", expected=None, actual=None, error=None)
    cases = [replace(case, name=f"sample-{n}", leaves=()) for n in (1, 2)]
    cases += [replace(case, name=f"hidden-{n}", group="hidden", checks=(hidden,), inputs=None) for n in range(1, 10)]
    html = draw(renderer, stored(Status.DONE, Report(problem="p", verdict=Verdict.WRONG_ANSWER, cases=tuple(cases))))
    assert "All 11 cases fail in the same way" in html
    assert html.count('class="entries"') == 2
    assert "The other 10 cases" in html
    for each in cases:
        assert html.count(f'id="case-{each.name}"') == 1
        assert f'href="#case-{each.name}"' in html


def test_a_compile_error_has_no_row_of_cases_that_were_not_run(renderer: Renderer) -> None:
    record = stored(Status.DONE, Report(problem="p", verdict=Verdict.COMPILE_ERROR, message="SyntaxError", line=3))
    html = renderer.part(PARTS, "result", result_view(record), None, ("sample-1", "hidden-1"))
    assert 'id="strip"' not in html
    assert 'id="strip"' in renderer.part(
        PARTS, "result", result_view(stored(Status.QUEUED)), Waiting(position=1), ("sample-1", "hidden-1")
    )


def test_what_the_time_limit_left_is_a_note_and_no_empty_fold(renderer: Renderer) -> None:
    case = CaseResult(name="sample-1", group="sample", verdict=Verdict.TIME_LIMIT_EXCEEDED, message="20 s", time_ms=2e4)
    report = Report(problem="p", verdict=Verdict.TIME_LIMIT_EXCEEDED, message="20 s", cases=(case,), cases_total=3)
    html = renderer.part(
        PARTS, "result", result_view(stored(Status.DONE, report)), None, ("sample-1", "sample-2", "hidden-1")
    )
    assert "2 cases were not run after that" in html
    assert "<details" not in html


def test_an_exception_that_is_explained_has_its_explanation_as_the_headline(renderer: Renderer) -> None:
    cause = Cause(
        id="labels", kind=CauseKind.EXCEPTION, message="the labels are another tree", proof="ValueError: x\ny", line=32
    )
    report = Report(
        problem="p", verdict=Verdict.RUNTIME_ERROR, message="sample-1: ValueError: x\ny (line 32)",
        cause=cause, line=32, traceback="Traceback\nValueError: x\ny",
    )  # fmt: skip
    html = draw(renderer, stored(Status.DONE, report))
    callout = html.partition('class="callout')[2].partition("</div>")[0]
    assert "the labels are another tree (line 32)" in callout
    assert "ValueError" not in callout
    bare = draw(renderer, stored(Status.DONE, replace(report, traceback="")))
    assert "ValueError: x" in bare.partition('class="callout')[2].partition("</div>")[0]


def test_a_picture_in_which_nothing_is_wrong_is_folded_where_a_case_failed(renderer: Renderer) -> None:
    case = hostile(Verdict.WRONG_ANSWER).cases[0]
    right = replace(case, leaves=(replace(case.leaves[0], expected_change=1.0),))
    folded = draw(renderer, stored(Status.DONE, Report(problem="p", verdict=Verdict.WRONG_ANSWER, cases=(right,))))
    assert 'class="layers-fold"' in folded
    passed = replace(right, verdict=Verdict.ACCEPTED)
    shown = draw(renderer, stored(Status.DONE, Report(problem="p", verdict=Verdict.ACCEPTED, cases=(passed,))))
    assert 'class="layers-fold"' not in shown
    assert 'class="leaves"' in shown


@settings(deadline=None, max_examples=60)
@given(JSON, JSON)
def test_any_values_of_a_check_are_drawn_within_bounds_and_without_markup_of_theirs(
    renderer: Renderer, expected: object, actual: object
) -> None:
    check = Check(id="c", passed=False, expected=expected, actual=actual)
    case = CaseResult(name="sample-1", group="sample", verdict=Verdict.WRONG_ANSWER, checks=(check,))
    html = draw(renderer, stored(Status.DONE, Report(problem="p", verdict=Verdict.WRONG_ANSWER, cases=(case,))))
    assert "<script" not in html
    assert len(html) < MOST_CHARACTERS


def test_the_word_of_a_submission_is_its_verdict_or_else_its_status() -> None:
    assert word(stored(Status.QUEUED)) == "queued"
    assert word(stored(Status.DONE, hostile(Verdict.ACCEPTED))) == "accepted"


def test_provenance_leaves_out_what_is_not_known() -> None:
    rows = dict(
        provenance_rows({"package": "sha256:1", "jax": "0.10.2", "flax": "", "sandbox": ["seccomp"], "seed": 0})
    )
    assert rows == {"package": ("sha256:1",), "versions": ("jax 0.10.2",), "sandbox layers": ("seccomp",)}


def test_who_may_not_read_the_report_gets_the_verdict_and_its_time(renderer: Renderer) -> None:
    record = replace(stored(Status.DONE, hostile(Verdict.COMPILE_ERROR)), verdict="compile_error", time_ms=1500.0)
    view = ResultView(stored=record)
    html = renderer.part(PARTS, "result", view, None, ())
    assert 'data-verdict="compile_error"' in html
    assert "1.5" in html
    assert "alert" not in html
    assert "nothing was run" not in html
    assert 'id="strip"' not in html
