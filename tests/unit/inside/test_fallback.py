"""Reasons to hand over come from a closed set, and carry no text of a submission but the name of a program."""

import pytest

from judge.inside import wire
from judge.inside.fallback import SENTENCES, Reason, sentence, tree


def test_every_reason_has_a_sentence_and_arrives_as_it() -> None:
    assert set(SENTENCES) == set(Reason)
    for reason in Reason:
        assert sentence(tree(reason)) == SENTENCES[reason]


def test_the_name_of_a_program_is_cut_and_cleaned_on_both_sides() -> None:
    hostile = "jit_f " + "ü\n0.5;" * 100
    sent = tree(Reason.PROGRAM, hostile)["program"]
    assert len(sent) == 60
    assert sent.isascii()
    assert sent.replace("_", "").isalnum()
    forged = {"reason": "program", "program": hostile}
    assert sentence(forged) == f"{SENTENCES[Reason.PROGRAM]} {sent}"


@pytest.mark.parametrize("content", [{}, {"reason": "please"}, {"reason": ["program"]}, [], None, {"reason": None}])
def test_a_reason_outside_of_the_set_is_no_frame(content) -> None:
    with pytest.raises(wire.BadFrame):
        sentence(content)


def test_only_a_missing_program_has_a_name() -> None:
    assert sentence({"reason": "logging", "program": "secret"}) == SENTENCES[Reason.LOGGING]
