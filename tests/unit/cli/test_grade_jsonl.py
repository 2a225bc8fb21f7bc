"""Lines of submissions and of reports: what is accepted, and the reason for each refusal."""

import hashlib
import json
from pathlib import Path

import pytest

from judge.cli.commands.grade_jsonl import InputFault, LineFault, parse_line, read, read_reports
from judge.problems.catalog import Catalog
from tests.helpers.tiny_package import write_package


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Catalog([write_package(tmp_path_factory.mktemp("one"))])


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("two")
    write_package(folder)
    write_package(folder, "thrice")
    return Catalog([folder])


def reasons(catalog: Catalog, line: str, problem: str | None = None) -> tuple[str, ...]:
    with pytest.raises(LineFault) as raised:
        parse_line(7, line, catalog, problem)
    return raised.value.reasons


def test_a_line_with_a_source_alone_is_for_the_only_problem_and_known_by_its_hash(one: Catalog) -> None:
    row = parse_line(7, '{"source": "x = 1"}', one)
    assert (row.number, row.named) == (7, False)
    assert (row.submission.problem, row.submission.source) == ("twice", "x = 1")
    assert row.id == hashlib.sha256(b"twice\nx = 1").hexdigest()


def test_a_line_may_name_its_problem_and_its_id(two: Catalog) -> None:
    row = parse_line(1, '{"source": "x = 1", "problem": "thrice", "id": "a"}', two)
    assert (row.id, row.named, row.submission.problem) == ("a", True, "thrice")


def test_the_option_wins_over_the_line_s_problem(two: Catalog) -> None:
    assert parse_line(1, '{"source": "x", "problem": "thrice"}', two, "twice").submission.problem == "twice"


def test_a_line_without_a_problem_is_refused_where_there_are_several(two: Catalog) -> None:
    assert reasons(two, '{"source": "x"}') == (
        "`problem` is missing; add it, or use --problem SLUG, one of: thrice, twice",
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"sauce": "x"}', ("`source` is missing", "unknown key `sauce`; the keys are source, problem, id")),
        ('{"source": 1}', ("`source`: Input should be a valid string",)),
        ('{"source": "x", "problem": "nope"}', ("there is no problem `nope`; installed: twice",)),
        ('{"source": " "}', ("the source is empty",)),
    ],
)
def test_a_faulty_line_gives_all_its_reasons(one: Catalog, line: str, expected: tuple[str, ...]) -> None:
    assert reasons(one, line) == expected


@pytest.mark.parametrize("line", ["not json", '{"source": "x"', '{"source": "\\ud800"}'])
def test_a_line_that_is_not_json_says_so(one: Catalog, line: str) -> None:
    (reason,) = reasons(one, line)
    assert reason.startswith("not JSON: ")


def test_the_faults_of_all_lines_come_at_once_with_their_numbers(one: Catalog, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"source": "x", "id": "7"}\n\n{"source": "y", "id": "7"}\n{"id": "8"}\n')
    with pytest.raises(InputFault) as raised:
        read(one, source, None)
    assert str(raised.value).splitlines() == [
        f"{source}:3: duplicate id 7: line 1 has it already",
        f"{source}:4: `source` is missing",
    ]


def test_the_same_source_twice_without_ids_is_one_submission(one: Catalog, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"source": "x"}\n{"source": "y"}\n{"source": "x"}\n')
    assert [(row.number, row.submission.source) for row in read(one, source, None)] == [(1, "x"), (2, "y")]


def test_an_input_that_can_t_be_read_is_a_fault(one: Catalog, tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r"in\.jsonl: can't be read: .*No such file"):
        read(one, tmp_path / "in.jsonl", None)


def report(key: str, verdict: str = "accepted") -> str:
    return json.dumps({"id": key, "problem": "twice", "verdict": verdict}) + "\n"


def test_reports_are_kept_but_those_of_a_judge_error_and_a_line_that_was_cut(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(report("a") + report("b", "judge_error") + report("c", "wrong_answer") + report("d")[:20])
    assert read_reports(out) == {"a": "accepted", "c": "wrong_answer"}
    assert out.read_text() == report("a") + report("c", "wrong_answer")


def test_a_new_file_of_reports_is_empty(tmp_path: Path) -> None:
    assert read_reports(tmp_path / "out.jsonl") == {}
    assert (tmp_path / "out.jsonl").read_text() == ""


@pytest.mark.parametrize("text", ["notes\n", "[]\n", '{"id": "a"}\n'])
def test_a_file_that_holds_something_else_is_not_written_over(tmp_path: Path, text: str) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(text)
    with pytest.raises(InputFault, match=r"out\.jsonl:1: not a report .* --out"):
        read_reports(out)
    assert out.read_text() == text


def test_a_folder_that_is_missing_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="can't be used for reports"):
        read_reports(tmp_path / "missing" / "out.jsonl")


def test_ends_of_lines_that_json_allows_in_a_string_end_no_line(one: Catalog, tmp_path: Path) -> None:
    source = "x = '\u2028\x85'"
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps({"source": source}, ensure_ascii=False) + "\n", encoding="utf-8")
    assert [row.submission.source for row in read(one, lines, None)] == [source]
    out = tmp_path / "out.jsonl"
    out.write_text(json.dumps({"id": source, "verdict": "accepted"}, ensure_ascii=False) + "\n", encoding="utf-8")
    assert read_reports(out) == {source: "accepted"}
