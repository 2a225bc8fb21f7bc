"""Reasons to hand over come from a closed set, and carry no text of a submission but the name of a program."""

import pytest

from judge.inside.budget import BadFrame
from judge.inside.fallback import SENTENCES, Reason, message, sentence
from judge.inside.messages import HandedOver


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)
    for reason in Reason:
        assert sentence(message(reason)) == SENTENCES[reason]


def test_the_name_of_a_program_is_cut_and_cleaned_on_both_sides() -> None:
    hostile = "jit_f " + "ü\n0.5;" * 100
    sent = message(Reason.PROGRAM, hostile).program
    assert len(sent) == 60
    assert sent.isascii()
    assert sent.replace("_", "").isalnum()
    forged = HandedOver(reason="program", program=hostile)
    assert sentence(forged) == f"program {sent} is not precompiled"
    assert sentence(forged, named=False) == SENTENCES[Reason.PROGRAM]


@pytest.mark.parametrize("reason", ["", "please", "PROGRAM"])
def test_a_reason_outside_of_the_set_is_refused(reason: str) -> None:
    with pytest.raises(BadFrame):
        sentence(HandedOver(reason=reason, program=""))


def test_only_a_missing_program_has_a_name() -> None:
    assert sentence(HandedOver(reason="logging", program="secret")) == SENTENCES[Reason.LOGGING]
