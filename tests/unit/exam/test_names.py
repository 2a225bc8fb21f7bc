"""Names that one file uses and another must know: mistakes and aspects of lookalikes, rules of mutants."""

from pathlib import Path

import pytest

from judge.evidence import Evidence
from judge.exam.names import examine_lookalikes, examine_rules
from judge.problems.load import load_problem
from tests.helpers.tiny_package import CHECK, FILES, MANIFEST, write_package

LIKES = "\n\ndef lookalikes(x, scale):\n    ...\n"
ASKS = 'from judge.checking import close, lookalikes\nASKED = lambda expected: lookalikes(expected, "mean")\n'


def faults(tmp_path: Path, likes: object, asks: str = ASKS) -> list[str]:
    folder = write_package(tmp_path, reference_py=FILES["reference.py"] + LIKES, check_py=asks + CHECK)
    findings = examine_lookalikes(load_problem(folder), [Evidence(also={"lookalikes": likes})] * 2)
    return [finding.message for finding in findings if not finding.passed]


def test_lookalikes_that_problem_and_checks_know_pass(tmp_path: Path):
    assert faults(tmp_path, {"not-scaled": {"mean": 1.0}}) == []


def test_a_mistake_that_problem_toml_lacks_is_reported_with_the_one_that_was_meant(tmp_path: Path):
    assert faults(tmp_path, {"not-scalled": {"mean": 1.0}}) == [
        "lookalikes() names `not-scalled`, which problem.toml does not have; did you mean `not-scaled`?"
    ]


def test_an_aspect_that_check_py_never_asks_for_is_reported(tmp_path: Path):
    assert faults(tmp_path, {"not-scaled": {"means": 1.0}}) == [
        "lookalikes() gives `not-scaled` the aspect `means`, which check.py never asks for; did you mean `mean`?"
    ]


@pytest.mark.parametrize(
    ("likes", "words"),
    [
        (None, "lookalikes() returns None; it should return a dict of mistake -> {aspect: value}"),
        (
            {"not-scaled": 1.0},
            "lookalikes() gives `not-scaled` a value of type float; it should be a dict of aspect -> value",
        ),
    ],
)
def test_lookalikes_of_another_form_are_faults(tmp_path: Path, likes: object, words: str):
    assert faults(tmp_path, likes) == [words]


@pytest.mark.parametrize(
    "asks",
    [
        "from judge.checking import lookalikes as likes\n",
        "from judge.checking import *\n",
        "from judge.checking import lookalikes\nASPECTS = [lookalikes(None, each) for each in ()]\n",
        "from judge.checking import lookalikes\nASK = lookalikes\n",
        "from judge import checking\nASK = getattr(checking, 'lookalikes')\n",
        "ASK = lambda expected: expected.also\n",
        "def helper(lookalikes): ...\n",
    ],
)
def test_where_reading_check_py_does_not_tell_the_aspects_none_is_refused(tmp_path: Path, asks: str):
    assert faults(tmp_path, {"not-scaled": {"anything": 1.0}}, asks) == []


@pytest.mark.parametrize(
    "ask", ["checking.lookalikes(expected, aspect='mean')", "checking.lookalikes(expected, 'mean')"]
)
def test_an_aspect_is_found_however_the_call_is_written(tmp_path: Path, ask: str):
    asks = f"from judge import checking\nASK = lambda expected: dict(lookalikes={ask})\n"
    assert faults(tmp_path, {"not-scaled": {"mean": 1.0}}, asks) == []
    assert len(faults(tmp_path / "other", {"not-scaled": {"most": 1.0}}, asks)) == 1


def test_an_unknown_rule_of_mutants_is_reported_with_its_line(tmp_path: Path):
    listed = "".join(f'\n[[equivalent_mutants]]\nrule = "{rule}"\nreason = "r"\n' for rule in ("othr-order", "q"))
    near, far = examine_rules(load_problem(write_package(tmp_path, problem_toml=MANIFEST + listed)))
    assert (near.subject, near.passed) == ("problem.toml:23", False)
    assert near.message == "[[equivalent_mutants]] lists the unknown rule `othr-order`; did you mean `other-order`?"
    assert "the unknown rule `q`; the rules are drop-term, drop-factor, " in far.message
    assert "half-precision" in far.message


def test_a_known_rule_is_nothing_to_speak_of(tmp_path: Path):
    listed = '\n[[equivalent_mutants]]\nrule = "half-precision"\nreason = "r"\n'
    assert list(examine_rules(load_problem(write_package(tmp_path, problem_toml=MANIFEST + listed)))) == []
