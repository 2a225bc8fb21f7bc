"""Reasons to hand over come from a closed set, and carry no text of a submission but the name of a program."""

import pytest

from judge.inside import trees, wire
from judge.inside.fallback import SENTENCES, handover, sentence
from judge.inside.messages import FallbackReason, Handover


def read(content) -> str:
    return sentence(trees.from_tree(Handover, content))


def test_every_reason_has_a_sentence_and_arrives_as_it() -> None:
    assert set(SENTENCES) == set(FallbackReason)
    for reason in FallbackReason:
        assert read(trees.to_tree(handover(reason))) == SENTENCES[reason]


def test_the_name_of_a_program_is_cut_and_cleaned_on_both_sides() -> None:
    hostile = "jit_f " + "ü\n0.5;" * 100
    sent = handover(FallbackReason.PROGRAM, hostile).program
    assert len(sent) == 60
    assert sent.isascii()
    assert sent.replace("_", "").isalnum()
    assert read({"reason": "program", "program": hostile}) == f"program `{sent}` is not precompiled"


def test_a_program_that_a_hidden_case_may_have_named_is_not_named() -> None:
    message = handover(FallbackReason.PROGRAM, "jit_f")
    assert sentence(message, named=False) == SENTENCES[FallbackReason.PROGRAM]


@pytest.mark.parametrize("content", [{}, {"reason": "please"}, {"reason": ["program"]}, [], None, {"reason": None}])
def test_a_reason_outside_of_the_set_is_no_frame(content) -> None:
    with pytest.raises(wire.BadFrame):
        read({**content, "program": ""} if isinstance(content, dict) else content)


def test_only_a_missing_program_has_a_name() -> None:
    assert read({"reason": "logging", "program": "secret"}) == SENTENCES[FallbackReason.LOGGING]
