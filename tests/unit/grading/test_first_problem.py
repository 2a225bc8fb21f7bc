import os

from judge.grading.first_problem import first_problem
from judge.problems.catalog import Catalog
from judge.sandbox.program_packs import Packs
from tests.helpers.tiny_package import write_package


def test_the_problem_that_was_judged_last_is_the_first_to_be_warm(tmp_path) -> None:
    for slug in ("one", "two", "three"):
        write_package(tmp_path / "problems", slug)
        with (tmp_path / "problems" / slug / "statement.md").open("a") as file:
            file.write(f"\nThis is {slug}.\n")  # equal packages would share their programs
    catalog = Catalog([tmp_path / "problems"])
    packs = Packs(tmp_path / "packs", "any")
    first = catalog.problems()[0].slug
    assert first_problem(catalog, None) == first_problem(catalog, packs) == first
    digests = [problem.digest for problem in catalog.problems()]
    for age, digest in enumerate(digests):
        with packs.fresh(digest) as file:
            os.write(file, b"programs")
        os.utime(packs._path(digest, ""), (1e9 - age, 1e9 - age))
    slugs = {problem.digest: problem.slug for problem in catalog.problems()}
    assert first_problem(catalog, packs) == slugs[max(digests, key=lambda each: packs._path(each, "").stat().st_mtime)]
    packs.note_use(digests[-1])
    assert packs.last_used(digests) == digests[-1]


def test_without_a_problem_there_is_no_first(tmp_path) -> None:
    assert first_problem(Catalog([tmp_path]), Packs(tmp_path / "packs", "any")) is None


def test_the_use_of_a_pack_that_is_not_there_is_no_fault(tmp_path) -> None:
    packs = Packs(tmp_path, "any")
    packs.note_use("sha256:nothing")
    assert packs.last_used(["sha256:nothing"]) is None
