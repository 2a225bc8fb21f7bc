"""From a box's frames to evidence: what is read, what is cut, and how a refused frame ends a job."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from judge.errors import SandboxFault
from judge.evidence import Evidence, Observed, Raised, Unencodable
from judge.inside import budget, messages, protocol, wire
from judge.inside.messages import LoadFailure, LoadStage
from judge.sandbox import parse_replies
from judge.sandbox.box import Ending, Reply

KERNEL = {"kernel": np.ones(2, np.float32)}
RAISED = messages.Raised(type="ValueError", message="odd", traceback="", line=3)
EMPTY = messages.Reply(nonce="n", value=None, type="NoneType", raised=None, observed=(), extra_values={}, facts={})


def split(message: messages.Message) -> tuple[bytes, bytes]:
    ((header, body),) = wire.FrameReader(1 << 24).frames(protocol.encode(message))
    return header, body


def read(message: messages.Message, nonce: str = "n") -> Evidence:
    header, body = split(message)
    return parse_replies.read(Reply(header=header, body=body, nonce=nonce, time_ms=1.5), budget.Budget())


def test_a_reply_becomes_evidence_with_the_parent_s_time() -> None:
    seen = messages.Observed(before=KERNEL, after=KERNEL, aside=("count",), state_before={}, state_after={})
    evidence = read(replace(EMPTY, type="list", observed=(seen,), extra_values={"f": 1}, facts={"traces": 2}))
    assert (evidence.type_name, evidence.time_ms, evidence.raised) == ("list", 1.5, None)
    assert (evidence.also, evidence.facts) == ({"f": 1}, {"traces": 2})
    (observed,) = evidence.observed
    assert isinstance(observed, Observed)
    assert observed.aside == frozenset({"count"})
    assert np.array_equal(observed.after["kernel"], KERNEL["kernel"])


def test_what_could_not_be_sent_is_marked_wherever_it_is() -> None:
    missing = wire.Missing(("Model", "no array"))
    mark = Unencodable(type_name="Model", reason="no array")
    assert read(replace(EMPTY, value={"a": [missing, (1, missing)]})).value == {"a": [mark, (1, mark)]}
    assert read(replace(EMPTY, extra_values={"f": missing}, facts={"jit": missing})).also == {"f": mark}


@pytest.mark.parametrize(("line", "kept"), [(3, 3), (0, 0), (-1, 0), (2**31 - 1, 2**31 - 1), (2**31, 0), (2**63, 0)])
def test_a_line_that_no_file_has_is_no_line(line: int, kept: int) -> None:
    raised = read(replace(EMPTY, raised=replace(RAISED, line=line))).raised
    assert raised is not None
    assert raised.line == kept


def test_texts_of_an_exception_are_cut() -> None:
    long = "x" * (parse_replies.MAX_TEXT + 1)
    raised = read(replace(EMPTY, type=long, raised=messages.Raised(type=long, message=long, traceback=long, line=1)))
    assert raised.raised == Raised(type_name=long[:-1], message=long[:-1], traceback=long[:-1], line=1)
    assert raised.type_name == long[:-1]


@pytest.mark.parametrize("nonce", ["", "N", "n "])
def test_a_reply_to_another_call_is_refused(nonce: str) -> None:
    with pytest.raises(wire.BadFrame):
        read(EMPTY, nonce)


def test_another_message_than_a_reply_is_refused() -> None:
    with pytest.raises(wire.BadFrame):
        read(messages.Loaded(failure=None))


def test_one_budget_holds_for_all_replies() -> None:
    left = budget.Budget(entries=20)
    header, body = split(replace(EMPTY, value=[0] * 5))
    reply = Reply(header=header, body=body, nonce="n", time_ms=0.0)
    parse_replies.read(reply, left)
    with pytest.raises(budget.OverBudget):
        parse_replies.read(reply, left)


def test_too_much_is_an_output_limit_and_anything_else_a_bad_reply_without_its_text() -> None:
    assert parse_replies.rejection(budget.OverBudget("too much")) == (Ending.OUTPUT_LIMIT, "too much")
    assert parse_replies.rejection(wire.BadFrame("secret")) == (Ending.BAD_REPLY, parse_replies.NO_REPLY)


def test_the_layers_of_a_sealed_box_are_read() -> None:
    assert parse_replies.seal(*split(messages.Sealed(layers=("seccomp", "oom")))) == ("seccomp", "oom")


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (messages.LayerRefused(layer="seccomp", reason="EPERM"), "could not enable sandbox layer seccomp: EPERM"),
        (messages.Broken(reason="OSError: odd"), "broke before it was sealed: OSError: odd"),
        (messages.Loaded(failure=None), "first message is unreadable"),
    ],
)
def test_a_box_that_is_not_sealed_is_the_judge_s_fault(message: messages.Message, fault: str) -> None:
    with pytest.raises(SandboxFault, match=fault):
        parse_replies.seal(*split(message))


@pytest.mark.parametrize(
    ("stage", "ending"), [(LoadStage.NOT_LOADED, Ending.NOT_LOADED), (LoadStage.RAISED, Ending.RAISED_AT_LOAD)]
)
def test_a_failure_to_load_has_its_ending(stage: LoadStage, ending: Ending) -> None:
    failure = parse_replies.failure(messages.Loaded(failure=LoadFailure(stage=stage, raised=RAISED)))
    assert failure is not None
    assert (failure.ending, failure.raised.type_name, failure.raised.line) == (ending, "ValueError", 3)
    assert parse_replies.failure(messages.Loaded(failure=None)) is None


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (
            b'{"kind": "broken", "arrays": [], "tree": {"{": [["reason", "' + b"x" * wire.MAX_CONTROL_BYTES + b'"]]}}',
            b"",
        ),
        (b'{"kind": "broken", "arrays": [["int8", [4]]], "tree": {"{": [["reason", {"#": 0}]]}}', b"1234"),
        (b'{"kind": "broken", "arrays": [], "tree": {"{": [' + b'["a", 1],' * 101 + b'["reason", "x"]]}}', b""),
        (b'{"kind": "loaded", "arrays": [], "tree": {"{": [["failure", null]]}}', b""),
        (b"{}", b""),
        (b"[" * 60_000, b""),
    ],
    ids=["too long", "an array", "too many names", "another kind", "nothing", "brackets"],
)
def test_a_short_message_that_is_long_or_another_is_refused(header: bytes, body: bytes) -> None:
    with pytest.raises(wire.BadFrame):
        parse_replies.control(header, body, messages.Broken)


def test_values_keep_their_types() -> None:
    values: list[Any] = [None, True, 3, 2.5, 1j, "x", (1, [2]), {"a": (3,)}]
    found = read(replace(EMPTY, value=values)).value
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]
