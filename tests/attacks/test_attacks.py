"""Every attack, through the whole judge, in both lanes: no effect, and a verdict that it may be given."""

import json
import re

import pytest

from judge.sandbox.doctor.attacks import CHEAT, ESCAPE, EXHAUST, Attack, load_attacks
from tests.attacks.range import RIGHT, WRONG, Range

ESCAPES, CHEATS, EXHAUSTIONS = (load_attacks(families=[family]) for family in (ESCAPE, CHEAT, EXHAUST))


def named(attack: Attack) -> str:
    return attack.name


@pytest.mark.parametrize("family", [ESCAPE, CHEAT, EXHAUST])
def test_the_right_control_is_accepted_and_the_wrong_one_is_not(lane: Range, family: str) -> None:
    assert lane.judge(family, RIGHT[family]).verdict == "accepted"
    assert lane.judge(family, WRONG[family]).verdict == "wrong_answer"


@pytest.mark.parametrize("attack", ESCAPES, ids=named)
def test_an_escape_gets_nowhere(lane: Range, attack: Attack) -> None:
    tried = lane.attack(attack)

    assert tried.effects == ()
    assert tried.report.verdict in attack.verdicts, tried.report.message


@pytest.mark.parametrize("attack", CHEATS, ids=named)
def test_a_cheat_is_not_accepted_and_spoils_nothing(lane: Range, attack: Attack) -> None:
    tried = lane.attack(attack)

    assert tried.effects == ()
    assert tried.report.verdict in attack.verdicts, tried.report.message
    if lane.lane == "fast":  # where a control takes milliseconds
        assert lane.judge(CHEAT, RIGHT[CHEAT]).verdict == "accepted"
        assert lane.judge(CHEAT, WRONG[CHEAT]).verdict == "wrong_answer"


@pytest.mark.parametrize("name", ["carries-hidden-inputs-out", "carries-hidden-inputs-out-by-its-last-stack"])
def test_a_report_on_a_cheat_tells_nothing_of_hidden_inputs(lane: Range, name: str) -> None:
    attack = next(attack for attack in CHEATS if attack.name == name)

    report = re.sub(r"[0-9a-f]{32,}", "", json.dumps(lane.attack(attack).report.to_json()))  # digests hold any digits
    told = report.replace("d", ".")

    assert [number for number in lane.inputs_of_hidden_cases() if number in told] == []
