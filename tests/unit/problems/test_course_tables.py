"""What a package says of itself as a part of a course, and the other right solutions that it shows."""

from pathlib import Path

import pytest

from judge.errors import PackageFault
from judge.problems.course_tables import MOST_ALTERNATIVES, MOST_MINUTES
from judge.problems.load import load_problem
from judge.problems.manifest import read_manifest
from judge.problems.manifest_types import LINE_CHARACTERS
from judge.submission import MAX_SOURCE_BYTES
from tests.helpers.tiny_package import MANIFEST, write_package

ANSWER = "def twice(x, scale):\n    return x * 2 * scale\n"
TABLE = '\n[[alternatives]]\nfile = "alternatives/{name}.py"\ntitle = "A product"\nwhy = "It is one operation."\n'


def package(folder: Path, manifest: str, **sources: str) -> Path:
    made = write_package(folder, problem_toml=manifest)
    (made / "alternatives").mkdir()
    for name, source in sources.items():
        (made / "alternatives" / f"{name}.py").write_text(source)
    return made


def faults_of(text: str) -> str:
    with pytest.raises(PackageFault) as caught:
        read_manifest(text)
    return "\n".join(caught.value.faults)


def test_a_package_without_a_course_says_nothing_of_it(tmp_path: Path) -> None:
    summary = load_problem(write_package(tmp_path)).summary()
    assert [summary[key] for key in ("goal", "difficulty", "minutes", "learned")] == [None, None, None, []]


def test_what_a_course_says_is_in_the_summary(tmp_path: Path) -> None:
    text = '[course]\ngoal = "Double"\ndifficulty = "advanced"\nminutes = 5\nlearned = ["One", "Two"]\n\n[[hints]]'
    summary = load_problem(write_package(tmp_path, problem_toml=MANIFEST.replace("[[hints]]", text))).summary()
    assert summary | {"goal": "Double", "difficulty": "advanced", "minutes": 5, "learned": ["One", "Two"]} == summary


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("minutes = 0", "`course.minutes`"),
        (f"minutes = {MOST_MINUTES + 1}", "`course.minutes`"),
        ('minutes = "5"', "`course.minutes`"),
        ('difficulty = "hard"', "`course.difficulty`"),
        ('learned = ["1", "2", "3"]', "`learned` has 3 lines; 2 are the most"),
        (f'goal = "{"x" * (LINE_CHARACTERS + 1)}"', "`course.goal`"),
        ('goal = " "', "`course.goal`"),
        ('gaol = "x"', "did you mean `goal`?"),
    ],
)
def test_what_is_beyond_the_bounds_is_refused(line: str, fault: str) -> None:
    assert fault in faults_of(MANIFEST + f"\n[course]\n{line}\n")


def test_what_is_at_the_bounds_is_taken() -> None:
    table = f'\n[course]\nminutes = {MOST_MINUTES}\ngoal = "{"x" * LINE_CHARACTERS}"\nlearned = ["1", "2"]\n'
    assert read_manifest(MANIFEST + table).course.minutes == MOST_MINUTES


def test_an_alternative_is_loaded_with_its_source(tmp_path: Path) -> None:
    folder = package(tmp_path, MANIFEST + TABLE.format(name="product"), product=ANSWER)
    (alternative,) = load_problem(folder).alternatives
    assert (alternative.title, alternative.why, alternative.source) == ("A product", "It is one operation.", ANSWER)


@pytest.mark.parametrize("file", ["product.py", "alternatives/../check.py", "alternatives/a/b.py", "/etc/passwd"])
def test_a_file_elsewhere_is_refused(file: str) -> None:
    assert "is not a file `alternatives/NAME.py`" in faults_of(MANIFEST + TABLE.replace("alternatives/{name}.py", file))


def test_as_many_alternatives_as_are_allowed_and_one_more() -> None:
    def some(number: int) -> str:
        return MANIFEST + "".join(TABLE.format(name=f"a{at}") for at in range(number))

    assert len(read_manifest(some(MOST_ALTERNATIVES)).alternatives) == MOST_ALTERNATIVES
    assert f"{MOST_ALTERNATIVES} are the most" in faults_of(some(MOST_ALTERNATIVES + 1))
    assert "names one file twice" in faults_of(MANIFEST + 2 * TABLE.format(name="a"))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        (None, "problem.toml:23: the file `alternatives/product.py` is missing"),
        ("x = (\n", "alternatives/product.py:1"),
        ("x = 1\n", "alternatives/product.py: the function `twice(x, scale)` is missing"),
        ("", "alternatives/product.py: the source is empty"),
        ("#" * (MAX_SOURCE_BYTES + 1), "alternatives/product.py: the source has 65,537 bytes"),
    ],
)
def test_a_faulty_alternative_is_reported(tmp_path: Path, source: str | None, fault: str) -> None:
    sources = {} if source is None else {"product": source}
    with pytest.raises(PackageFault) as caught:
        load_problem(package(tmp_path, MANIFEST + TABLE.format(name="product"), **sources))
    assert any(each.startswith(fault) for each in caught.value.faults), caught.value.faults


def test_alternatives_beside_a_solution_that_is_never_shown_are_a_fault(tmp_path: Path) -> None:
    text = MANIFEST + '\n[solution]\nshow = "never"\n' + TABLE.format(name="product")
    with pytest.raises(PackageFault, match="never shows it"):
        load_problem(package(tmp_path, text, product=ANSWER))


def test_a_hint_names_known_mistakes_only() -> None:
    hint = 'text = "Add x to itself."\n'
    known = MANIFEST.replace(hint, hint + 'mistakes = ["not-scaled"]\n')
    assert read_manifest(known).hints[0].mistakes == ("not-scaled",)
    fault = faults_of(known.replace('["not-scaled"]', '["not-scald"]'))
    assert "[[hints]] names the mistake `not-scald`, which is missing; did you mean `not-scaled`?" in fault
