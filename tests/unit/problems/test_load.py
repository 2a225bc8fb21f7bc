"""A folder is loaded as a Problem, or every fault of it is reported."""

import sys
from pathlib import Path

import numpy as np
import pytest

from judge.errors import PackageFault
from judge.evidence import Evidence
from judge.problems.load import digest_of, load_problem
from judge.verdict import Verdict
from tests.helpers.tiny_package import CASES, CHECK, MANIFEST, write_package


def faults_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(PackageFault) as caught:
        load_problem(folder)
    return caught.value.faults


def test_a_sound_folder_is_a_problem(tmp_path: Path):
    problem = load_problem(write_package(tmp_path))
    assert (problem.slug, problem.title, problem.signature) == ("twice", "Twice", "twice(x, scale)")
    assert problem.limits.cpu_seconds == 4.0
    assert problem.limits.wall_seconds == 12.0
    assert problem.limits.result_bytes == 1024 * 1024
    assert problem.hints == ("Add x to itself.",)
    assert problem.mistake("not-scaled").message == "scale was not used"
    assert not problem.has_lookalikes


def test_loading_imports_no_jax_and_leaves_nothing_behind(tmp_path: Path):
    folder = write_package(tmp_path)
    before = set(sys.modules)
    load_problem(folder)
    new = set(sys.modules) - before
    assert not any(name.startswith(("jax", "flax", "_judge_package", "cases", "check")) for name in new)
    assert not list(folder.rglob("__pycache__"))


def test_two_packages_do_not_share_their_modules(tmp_path: Path):
    first = load_problem(write_package(tmp_path, "first"))
    second = load_problem(write_package(tmp_path, "second", cases_py=CASES.replace("(2, 3)", "(5,)")))
    assert first.cases()[0].inputs["x"].shape == (2, 3)
    assert second.cases()[0].inputs["x"].shape == (5,)


def test_every_missing_file_is_reported_at_once(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    faults = faults_of(tmp_path / "empty")
    assert faults == tuple(
        f"{file}: the file is missing"
        for file in ("problem.toml", "statement.md", "starter.py", "reference.py", "cases.py", "check.py")
    )


def test_faults_of_several_files_are_reported_at_once(tmp_path: Path):
    faults = faults_of(
        write_package(
            tmp_path,
            problem_toml=MANIFEST + "colour = 1\n",
            reference_py="def twice(x, scale):\n    return (\n",
            cases_py="import jax\n",
            check_py=None,
        )
    )
    assert "problem.toml:21: unknown key `mistakes.not-scaled.colour`" in faults
    assert any(fault.startswith("reference.py:2: syntax error: ") for fault in faults)
    assert any(fault.startswith("cases.py:1: imports jax; ") for fault in faults)
    assert "cases.py: the function `cases(rng)` is missing" in faults
    assert "check.py: the file is missing" in faults


def test_a_faulty_manifest_hides_no_fault_of_the_other_files(tmp_path: Path):
    faults = faults_of(
        write_package(
            tmp_path,
            problem_toml=MANIFEST.replace("seed = 7", "sead = 7").replace("not-scaled", "Not_Scaled"),
            statement_md="# Twice\n",
            warmup_py="def warmup(x):\n    ...\n",
            cases_py="def cases(rng):\n    yield 3\n",
            check_py=CHECK.replace("not-scaled", "Not_Scaled").replace(
                "import numpy", 'dict(mistake="other")\nimport numpy'
            ),
        )
    )
    assert [fault.split(": ")[0] for fault in faults] == [
        "problem.toml",
        "problem.toml:18",
        "problem.toml:6",
        "warmup.py:1",
        "check.py:1",
        "cases.py",
        "statement.md",
    ]
    assert faults[-3:] == (
        "check.py:1: problem.toml has no [mistakes.other]",
        "cases.py: case 1 is a int; it should be a dict of parameter -> value",
        "statement.md: does not contain `twice(x, scale)`, the signature that problem.toml gives",
    )


def test_cases_are_not_counted_by_a_table_that_is_faulty(tmp_path: Path):
    (fault,) = faults_of(write_package(tmp_path, problem_toml=MANIFEST.replace("samples = 2", "sample = 2")))
    assert fault == "problem.toml:9: unknown key `cases.sample`; did you mean `samples`?"


def test_the_message_of_a_fault_names_the_package(tmp_path: Path):
    with pytest.raises(PackageFault, match=r"^twice/check\.py: the file is missing$"):
        load_problem(write_package(tmp_path, check_py=None))


@pytest.mark.parametrize("file", ["starter_py", "reference_py"])
def test_an_entry_point_with_other_parameters_is_reported_with_its_line(tmp_path: Path, file: str):
    (fault,) = faults_of(write_package(tmp_path, **{file: "\n\ndef twice(x, *, scale=1):\n    ...\n"}))
    assert fault == f"{file.replace('_', '.')}:3: `twice(x, *, scale)` should be `twice(x, scale)`"


@pytest.mark.parametrize("source", ["", "class twice: ...", "async def twice(x, scale): ...", "if 1:\n  def f(): ..."])
def test_a_missing_entry_point_is_reported(tmp_path: Path, source: str):
    (fault,) = faults_of(write_package(tmp_path, reference_py=source))
    assert fault == "reference.py: the function `twice(x, scale)` is missing"


def test_lookalikes_need_the_entry_points_parameters(tmp_path: Path):
    source = "def twice(x, scale):\n    ...\n\n\ndef lookalikes(x):\n    ...\n"
    (fault,) = faults_of(write_package(tmp_path, reference_py=source))
    assert fault == "reference.py:5: `lookalikes(x)` should be `lookalikes(x, scale)`"


def test_a_reference_with_lookalikes_says_so(tmp_path: Path):
    source = "def twice(x, scale):\n    ...\n\n\ndef lookalikes(x, scale):\n    ...\n"
    assert load_problem(write_package(tmp_path, reference_py=source)).has_lookalikes


def test_a_mistake_that_the_manifest_lacks_is_reported_with_its_line(tmp_path: Path):
    (fault,) = faults_of(write_package(tmp_path, check_py=CHECK.replace('"not-scaled"', '"no-scale"')))
    assert fault == "check.py:7: problem.toml has no [mistakes.no-scale]; did you mean `not-scaled`?"


def symptom_tables(name: str) -> str:
    table = f'STEP = {{{name}.NO_STEP: "no-step"}}\ndict(only={{"bias": "leaks"}})\n'
    return f"from judge.checking import {name}\n\n{table}{CHECK}"


def test_mistakes_of_symptoms_are_looked_up_too(tmp_path: Path):
    assert faults_of(write_package(tmp_path, check_py=symptom_tables("Symptom"))) == (
        "check.py:3: problem.toml has no [mistakes.no-step]",
        "check.py:4: problem.toml has no [mistakes.leaks]",
    )


def test_a_package_that_says_sign_for_symptom_is_warned_and_read_all_the_same(tmp_path: Path):
    folder = write_package(tmp_path, check_py=symptom_tables("Sign"))
    with pytest.warns(DeprecationWarning, match=r"judge\.checking\.Sign is now called Symptom"):
        faults = faults_of(folder)
    assert faults == (
        "check.py:3: problem.toml has no [mistakes.no-step]",
        "check.py:4: problem.toml has no [mistakes.leaks]",
    )


def test_code_that_raises_while_it_loads_is_reported_with_its_line(tmp_path: Path):
    (fault,) = faults_of(write_package(tmp_path, check_py="1 / 0\n" + CHECK))
    assert fault == "check.py:1: ZeroDivisionError: division by zero"


def test_cases_that_raise_are_reported_with_their_line(tmp_path: Path):
    (fault,) = faults_of(write_package(tmp_path, cases_py="def cases(rng):\n    yield {}['x']\n"))
    assert fault == "cases.py:2: KeyError: 'x'"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("yield {'x': 1.0, 'scale': 1.0}", "yields 1 cases; problem.toml asks for 5"),
        ("yield {'x': 1.0}", "case 1 has the parameters (x); it should have (x, scale)"),
        ("yield 3", "case 1 is a int; it should be a dict"),
        ("yield {'x': object(), 'scale': 1.0}", "case 1, `x` is a object"),
        ("yield {'x': rng.bytes(3), 'scale': 1.0}", "case 1, `x` is a bytes"),
        ("import numpy as np; yield {'x': np.array(['a']), 'scale': 1.0}", "case 1, `x` is an array of <U1"),
        ("yield {'x': [{'deep': {1: 2}}], 'scale': 1.0}", "case 1, `x`[0]['deep'] is a dict with keys"),
        ("return 5", "'int' object is not iterable"),
    ],
)
def test_cases_that_no_box_can_take_are_reported(tmp_path: Path, body: str, words: str):
    (fault,) = faults_of(write_package(tmp_path, cases_py=f"def cases(rng):\n    {body}\n"))
    assert fault.startswith("cases.py")
    assert words in fault


def test_a_promised_solution_that_is_not_there_is_reported(tmp_path: Path):
    manifest = MANIFEST + '\n[solution]\nshow = "after_accepted"\n'
    (fault,) = faults_of(write_package(tmp_path, problem_toml=manifest, solution_md=None))
    assert fault == "problem.toml:23: the solution is to be shown, but solution.md is missing"


def test_a_folder_with_a_bad_name_is_reported(tmp_path: Path):
    (fault,) = faults_of(write_package(tmp_path, "Twice_It"))
    assert fault.startswith("Twice_It: ")


def test_cases_hold_the_same_values_each_time(tmp_path: Path):
    problem = load_problem(write_package(tmp_path))
    first, again = problem.cases(), problem.cases()
    assert [case.name for case in first] == ["sample-1", "sample-2", "hidden-1", "hidden-2", "hidden-3"]
    assert [case.group for case in first] == ["sample"] * 2 + ["hidden"] * 3
    for one, other in zip(first, again, strict=True):
        assert list(one.inputs) == ["x", "scale"]
        assert np.array_equal(one.inputs["x"], other.inputs["x"])


def test_another_seed_changes_the_hidden_cases_only(tmp_path: Path):
    problem = load_problem(write_package(tmp_path))
    pairs = list(zip(problem.cases(), problem.cases(seed=99), strict=True))
    assert all(np.array_equal(one.inputs["x"], other.inputs["x"]) for one, other in pairs[:2])
    assert not any(np.array_equal(one.inputs["x"], other.inputs["x"]) for one, other in pairs[2:])


def test_numpy_scalars_become_pythons_and_arrays_are_read_only(tmp_path: Path):
    inputs = load_problem(write_package(tmp_path)).cases()[0].inputs
    assert type(inputs["scale"]) is float
    with pytest.raises(ValueError, match="read-only"):
        inputs["x"][0] = 1


def test_the_packages_own_check_is_run(tmp_path: Path):
    problem = load_problem(write_package(tmp_path))
    (check,) = problem.check(problem.cases()[0], Evidence(value=np.ones(2)), Evidence(value=np.zeros(2)))
    assert (check.id, check.passed, check.mistake) == ("value", False, "not-scaled")


@pytest.mark.parametrize("body", ["return None", "yield True", "yield 1 / 0"])
def test_a_check_that_fails_itself_is_a_package_fault(tmp_path: Path, body: str):
    problem = load_problem(write_package(tmp_path, check_py=f"def check(case, expected, actual):\n    {body}\n"))
    with pytest.raises(PackageFault, match=r"check\.py.*sample-1"):
        list(problem.check(problem.cases()[0], Evidence(), Evidence()))


def test_an_unknown_mistake_is_a_package_fault(tmp_path: Path):
    with pytest.raises(PackageFault, match=r"\[mistakes\.other\] is missing"):
        load_problem(write_package(tmp_path)).mistake("other")


def test_the_solution_is_shown_after_an_accepted_verdict(tmp_path: Path):
    problem = load_problem(write_package(tmp_path))
    assert problem.solution == "Add.\n"
    assert problem.shows_solution_after(Verdict.ACCEPTED)
    assert not problem.shows_solution_after(Verdict.WRONG_ANSWER)
    assert not problem.shows_solution_after(None)


def test_a_solution_that_is_never_shown_is_not(tmp_path: Path):
    manifest = MANIFEST + '\n[solution]\nshow = "never"\n'
    problem = load_problem(write_package(tmp_path, problem_toml=manifest))
    assert not problem.shows_solution_after(Verdict.ACCEPTED)


def test_the_digest_changes_with_a_file_and_with_nothing_else(tmp_path: Path):
    here, there = write_package(tmp_path / "a"), write_package(tmp_path / "b")
    assert digest_of(here) == digest_of(there)
    (there / "__pycache__").mkdir()
    (there / "__pycache__" / "check.pyc").write_bytes(b"x")
    (there / ".check.py.swp").write_bytes(b"x")
    assert digest_of(here) == digest_of(there)
    (there / "check.py").write_text(CHECK + "\n")
    assert digest_of(here) != digest_of(there)
