"""Hidden cases from a server's secret: others for every secret and number, the same samples, and no trace of it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from judge.errors import SettingsFault
from judge.problems.catalog import Catalog
from judge.problems.hidden_seed import FILE, HiddenSeed, kept_in, new_secret, of_setting
from judge.problems.problem import Problem
from tests.helpers.tiny_package import write_package

DRAWN = """\
import numpy as np


def cases(rng):
    for _ in range(5):
        yield {"x": rng.normal(size=(2, 3)).astype(np.float32), "scale": rng.uniform()}
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    write_package(tmp_path / "problems", "twice", cases_py=DRAWN)
    write_package(tmp_path / "problems", "thrice", cases_py=DRAWN)
    return Catalog([tmp_path / "problems"])


def drawn(problem: Problem, seed: int = 0) -> list[bytes]:
    """Every input of each case, as bytes."""
    return [case.inputs["x"].tobytes() + repr(case.inputs["scale"]).encode() for case in problem.cases(seed)]


def test_a_secret_changes_the_hidden_cases_and_leaves_the_samples(catalog: Catalog) -> None:
    own = drawn(catalog.get("twice"))
    secret = drawn(catalog.with_hidden_seed(HiddenSeed("one")).get("twice"))
    assert secret[:2] == own[:2]
    assert not set(secret[2:]) & set(own)


def test_secret_number_and_problem_each_make_other_hidden_cases(catalog: Catalog) -> None:
    one, two = (catalog.with_hidden_seed(HiddenSeed(text)) for text in ("one", "two"))
    draws = [drawn(one.get("twice")), drawn(two.get("twice")), drawn(one.get("twice"), 8), drawn(one.get("thrice"))]
    hidden = [case for draw in draws for case in draw[2:]]
    assert len(set(hidden)) == len(hidden)
    assert drawn(one.get("twice"), 8) == drawn(catalog.with_hidden_seed(HiddenSeed("one")).get("twice"), 8)


def test_a_number_without_the_secret_draws_nothing_that_the_number_with_it_draws(catalog: Catalog) -> None:
    alone, mixed = drawn(catalog.get("twice"), 8), drawn(catalog.with_hidden_seed(HiddenSeed("one")).get("twice"), 8)
    assert not set(alone[2:]) & set(mixed[2:])


def test_the_manifest_s_own_seed_means_the_same_as_none_with_a_secret_too(catalog: Catalog) -> None:
    for some in (catalog, catalog.with_hidden_seed(HiddenSeed("one"))):
        problem = some.get("twice")
        assert drawn(problem, problem.manifest.seed) == drawn(problem)


def test_the_kind_says_where_hidden_cases_come_from(catalog: Catalog) -> None:
    problem, secret = catalog.get("twice"), catalog.with_hidden_seed(HiddenSeed("one")).get("twice")
    assert [problem.seed_kind(seed) for seed in (0, 7, 8)] == ["package", "package", "request"]  # its own seed is 7
    assert [secret.seed_kind(seed) for seed in (0, 8)] == ["server", "server"]


def test_neither_a_fingerprint_nor_a_printed_problem_shows_the_secret(catalog: Catalog) -> None:
    seed = HiddenSeed("hunter2")
    assert seed.fingerprint != HiddenSeed("hunter3").fingerprint
    assert len(seed.fingerprint) == 16
    assert "hunter2" not in f"{seed!r} {seed.fingerprint} {catalog.with_hidden_seed(seed).get('twice')!r}"


def test_the_first_start_makes_a_secret_that_only_its_owner_reads_and_later_ones_keep_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = {seed.text for seed in threads.map(kept_in, [tmp_path] * 32)}
    assert len(made) == 1
    assert len(made.pop()) == len(new_secret()) == 64
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("trouble", ["empty", "a folder", "no folder"])
def test_a_secret_that_can_not_be_kept_is_reported_with_its_file(tmp_path: Path, trouble: str) -> None:
    folder = tmp_path / "data"
    if trouble != "no folder":
        folder.mkdir()
    if trouble == "empty":
        (folder / FILE).touch()
    if trouble == "a folder":
        (folder / FILE).mkdir()
    with pytest.raises(SettingsFault, match=FILE):
        kept_in(folder)


def test_the_operator_may_ask_for_the_packages_own_seeds() -> None:
    assert of_setting("package") is None
    assert of_setting("12345") == HiddenSeed("12345")


def test_a_warm_up_s_inputs_hold_no_number_of_any_case(catalog: Catalog) -> None:
    problem = catalog.get("twice")
    warm = problem.warm_up_inputs()
    assert [inputs["x"].shape for inputs in warm] == [(2, 3)] * 5
    numbers = {number for inputs in warm for number in (*inputs["x"].ravel().tolist(), inputs["scale"])}
    for some in (catalog, catalog.with_hidden_seed(HiddenSeed("one"))):
        for case in (*some.get("twice").cases(), *some.get("twice").cases(8)):
            assert not numbers & {*np.ravel(case.inputs["x"]).tolist(), case.inputs["scale"]}
    again = problem.warm_up_inputs()
    assert all(np.array_equal(one["x"], other["x"]) for one, other in zip(warm, again, strict=True))


def test_a_warm_up_s_inputs_do_not_say_which_case_has_which_constant(tmp_path: Path) -> None:
    cases = CASES_OF_CONSTANTS
    write_package(tmp_path, problem_toml=None, cases_py=cases)
    (tmp_path / "twice" / "problem.toml").write_text(MANY)
    problem = Catalog([tmp_path]).get("twice")
    order = [inputs["scale"] for inputs in problem.warm_up_inputs()]
    assert sorted(order) == [case.inputs["scale"] for case in problem.cases()]
    assert order != sorted(order)


CASES_OF_CONSTANTS = """\
import numpy as np


def cases(rng):
    for number in range(20):
        yield {"x": rng.normal(size=(2, 3)).astype(np.float32), "scale": float(number)}
"""
MANY = """\
format = 1
title = "Twice"
entry = "twice"
parameters = ["x", "scale"]
seed = 7

[cases]
samples = 2
hidden = 18

[mistakes.not-scaled]
message = "scale was not used"
"""
