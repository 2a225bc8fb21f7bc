"""Reasons for the full lane: one id each, of a closed set, and nothing that a submission wrote about a hidden case."""

import pytest

from judge.errors import SandboxFault
from judge.inside.fallback import SENTENCES, handover
from judge.inside.messages import FallbackReason
from judge.reasons import MESSAGE_CHARACTERS, Handover, HandoverId
from judge.sandbox import handovers
from judge.sandbox.box import Ending

CONSTANTS = [each for each in vars(handovers).values() if isinstance(each, Handover)]
CHILDREN = [handovers.by_child(handover(reason, "secret"), named=False) for reason in FallbackReason]
JUDGED_IN_ANY_LANE = {Ending.FINISHED, Ending.NOT_LOADED, Ending.RAISED_AT_LOAD, Ending.HANDED_OVER}
ENDINGS = [handovers.by_ending(ending) for ending in Ending if ending not in JUDGED_IN_ANY_LANE]


def test_every_reason_has_an_id_and_every_id_a_reason() -> None:
    lane = {HandoverId.WARM_UP, HandoverId.FAULT, HandoverId.OTHER}
    assert {each.id for each in [*CONSTANTS, *CHILDREN, *ENDINGS]} | lane == set(HandoverId)


def test_without_a_program_s_name_an_id_has_one_sentence() -> None:
    sentences = {(each.id, each.message) for each in [*CONSTANTS, *CHILDREN, *ENDINGS]}
    assert len(sentences) == len({name for name, _ in sentences})
    assert not any("secret" in message for _, message in sentences)


def test_a_program_that_a_sample_needed_is_named() -> None:
    named = handovers.by_child(handover(FallbackReason.PROGRAM, "jit_f"), named=True)
    assert named == Handover(id=HandoverId.PROGRAM, message="program `jit_f` is not precompiled")
    assert SENTENCES[FallbackReason.PROGRAM] == handovers.NOT_COMPILED.message


@pytest.mark.parametrize(
    "reason", [handovers.by_fault(SandboxFault("x" * 9_999)), handovers.by_warm_up("x" * 9_999)], ids=lambda r: r.id
)
def test_the_lane_s_own_failure_is_cut(reason: Handover) -> None:
    assert len(reason.message) == MESSAGE_CHARACTERS
