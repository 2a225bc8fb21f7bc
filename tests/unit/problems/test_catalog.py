"""The problems of some folders: their order, their tracks, and what a faulty one does to the others."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from judge.cli import app
from judge.errors import PackageFault, UnknownProblem
from judge.problems.catalog import Catalog, default_problem_dirs
from tests.helpers.tiny_package import MANIFEST, write_package


def track(name: str, order: int, *after: str) -> str:
    return f'{MANIFEST}\n[track]\nname = "{name}"\norder = {order}\nafter = {json.dumps(after)}\n'


def test_problems_come_in_track_order_and_those_without_a_track_last(tmp_path: Path):
    write_package(tmp_path, "alone")
    write_package(tmp_path, "late", problem_toml=track("NNX", 20, "early"))
    write_package(tmp_path, "early", problem_toml=track("NNX", 10))
    write_package(tmp_path, "other", problem_toml=track("Linen", 30))
    assert [problem.slug for problem in Catalog([tmp_path]).problems()] == ["other", "early", "late", "alone"]


def test_an_unknown_slug_is_an_unknown_problem_that_lists_the_known(tmp_path: Path):
    write_package(tmp_path)
    with pytest.raises(UnknownProblem, match="there is no problem `other-one`; installed: twice"):
        Catalog([tmp_path]).get("other-one")


def test_a_misspelt_slug_is_answered_with_the_one_that_was_meant(tmp_path: Path):
    write_package(tmp_path)
    with pytest.raises(UnknownProblem, match="there is no problem `twise`; did you mean `twice`"):
        Catalog([tmp_path]).get("twise")


def test_a_faulty_package_harms_no_other(tmp_path: Path):
    write_package(tmp_path, "sound")
    write_package(tmp_path, "broken", check_py=None)
    catalog = Catalog([tmp_path])
    assert [problem.slug for problem in catalog.problems()] == ["sound"]
    assert list(catalog.faults()) == ["broken"]
    with pytest.raises(PackageFault, match=r"check\.py: the file is missing"):
        catalog.get("broken")


def test_problems_whose_after_is_circular_are_faulty(tmp_path: Path):
    write_package(tmp_path, "a", problem_toml=track("T", 1, "c"))
    write_package(tmp_path, "b", problem_toml=track("T", 2, "a"))
    write_package(tmp_path, "c", problem_toml=track("T", 3, "b"))
    faults = Catalog([tmp_path]).faults()
    assert set(faults) == {"a", "b", "c"}
    assert faults["a"].faults == ("problem.toml:25: `track.after`: circular `after`: a -> c -> b -> a",)


def test_a_problem_that_builds_on_itself_is_faulty(tmp_path: Path):
    write_package(tmp_path, "a", problem_toml=track("T", 1, "a"))
    assert "circular `after`: a -> a" in Catalog([tmp_path]).faults()["a"].faults[0]


def test_building_on_an_unknown_problem_is_a_fault(tmp_path: Path):
    write_package(tmp_path, "a", problem_toml=track("T", 1, "nowhere"))
    assert Catalog([tmp_path]).faults()["a"].faults == (
        "problem.toml:25: `track.after`: there is no problem `nowhere`",
    )


def test_a_problem_with_a_faulty_track_is_judged_all_the_same(tmp_path: Path):
    folder = write_package(tmp_path, "a", problem_toml=track("T", 1, "nowhere"))
    catalog = Catalog([folder])
    assert catalog.get("a").folder == folder
    assert [problem.slug for problem in catalog.problems()] == ["a"]


def test_an_order_that_contradicts_what_a_problem_builds_on_is_a_fault(tmp_path: Path):
    write_package(tmp_path, "a", problem_toml=track("T", 20))
    write_package(tmp_path, "b", problem_toml=track("T", 10, "a"))
    assert "`a` has order 20, this has 10" in Catalog([tmp_path]).faults()["b"].faults[0]


def test_one_slug_in_two_folders_is_a_fault(tmp_path: Path):
    write_package(tmp_path / "one")
    write_package(tmp_path / "two")
    catalog = Catalog([tmp_path / "one", tmp_path / "two"])
    assert catalog.problems() == []
    assert catalog.faults()["twice"].faults == (
        f"two packages have this slug: {tmp_path / 'one' / 'twice'} and {tmp_path / 'two' / 'twice'}; rename one",
    )


def test_a_slug_that_two_folders_claim_is_judged_in_neither_and_harms_no_other(tmp_path: Path):
    write_package(tmp_path / "one")
    write_package(tmp_path / "one", "other")
    write_package(tmp_path / "two")
    catalog = Catalog([tmp_path / "one", tmp_path / "two"])
    with pytest.raises(PackageFault, match="two packages have this slug"):
        catalog.get("twice")
    assert catalog.get("other").slug == "other"


def test_one_slug_is_a_fault_even_where_one_of_the_packages_does_not_load(tmp_path: Path):
    write_package(tmp_path / "one", check_py=None)
    write_package(tmp_path / "two")
    faults = Catalog([tmp_path / "one", tmp_path / "two"]).faults()["twice"].faults
    assert [fault.partition(":")[0] for fault in faults] == ["two packages have this slug"]


def test_the_same_folder_named_twice_counts_once(tmp_path: Path):
    folder = write_package(tmp_path)
    assert len(Catalog([tmp_path, tmp_path, folder]).problems()) == 1


def test_a_folder_that_is_itself_a_package_counts(tmp_path: Path):
    assert Catalog([write_package(tmp_path)]).get("twice").title == "Twice"


def test_a_folder_that_is_not_there_holds_no_problems(tmp_path: Path):
    assert Catalog([tmp_path / "nothing"]).problems() == []


def test_the_environment_names_the_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("JUDGE_PROBLEMS", str(tmp_path))
    assert default_problem_dirs() == (tmp_path,)


def test_the_setting_names_several_folders():
    both = os.pathsep.join(["/one", "/two"])
    assert default_problem_dirs(both) == (Path("/one"), Path("/two"))


def test_without_the_environment_the_checkouts_problems_are_found():
    assert default_problem_dirs("") == (Path(__file__).parents[3] / "problems",)


def test_judge_problems_prints_json_in_track_order(tmp_path: Path):
    write_package(tmp_path, "late", problem_toml=track("NNX", 20, "early"))
    write_package(tmp_path, "early", problem_toml=track("NNX", 10))
    result = CliRunner().invoke(app, ["problems", "--json", "--problems", str(tmp_path)])
    rows = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [row["slug"] for row in rows] == ["early", "late"]
    assert rows[1]["track"] == {"name": "NNX", "order": 20, "after": ["early"]}
    assert (rows[0]["samples"], rows[0]["hidden"], rows[0]["signature"]) == (2, 3, "twice(x, scale)")


def test_judge_problems_prints_the_faults_and_exits_with_2(tmp_path: Path):
    write_package(tmp_path, "sound")
    write_package(tmp_path, "broken", check_py=None)
    result = CliRunner().invoke(app, ["problems", "--problems", str(tmp_path)])
    assert result.exit_code == 2
    assert "broken/check.py: the file is missing" in result.stderr
    assert "sound" in result.stdout
